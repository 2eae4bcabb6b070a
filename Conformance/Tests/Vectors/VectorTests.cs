// The committed vectors are the model's; what is wrong with a file is told by its vector and place.
using PerfModel.Conformance.Adapters;
using PerfModel.Conformance.Tests.Command;
using PerfModel.Conformance.Vectors;
using Xunit;

namespace PerfModel.Conformance.Tests.Vectors;

public class VectorTests
{
    private const string Sequential =
        """
        {"format":1,"spec":"0.1","kind":"sequential","vectors":[
        {"id":"sequential-000000000000","title":"t","rules":["1.8"],"declaration":{"dialect":"Amended","handles":8,"roots":2,"tasks":4,"cpus":2},"steps":[{"call":{"op":"Open","event":0,"task":0},"answer":"handle"},{"call":{"op":"Close","event":0},"answer":"ok"},{"call":{"op":"Close","event":0},"answer":"EBADF","times":2}]}
        ]}
        """;

    public static TheoryData<string> Kinds => [.. VectorFiles.Kinds.Select(kind => kind.ToString())];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void The_committed_files_are_the_models(string name)
    {
        var kind = Enum.Parse<VectorKind>(name);
        var committed = File.ReadAllText(Repository.PathOf($"Conformance/Vectors/{VectorFiles.Name(kind)}"));
        Assert.True(committed == VectorFiles.Content(kind), $"{VectorFiles.Name(kind)} is not what the model says now: perfmodel vectors --output Conformance/Vectors");
        Assert.Empty(Schemas.ErrorsOf(Repository.PathOf("Conformance/Vectors/vectors.schema.json"), committed));
    }

    [Fact]
    public void A_file_that_is_not_as_the_schema_says_is_seen() =>
        Assert.NotEmpty(Schemas.ErrorsOf(Repository.PathOf("Conformance/Vectors/vectors.schema.json"), Sequential.Replace("\"title\":\"t\",", "", StringComparison.Ordinal)));

    // Of an id that is not its own the difference is told last.
    [Theory]
    [InlineData("", "", "id is \"sequential-000000000000\", and the model's \"sequential-")]
    [InlineData("\"answer\":\"ok\"", "\"answer\":\"EBUSY\"", "steps[1].answer is \"EBUSY\", and the model's \"ok\"")]
    [InlineData("\"answer\":\"handle\"", "\"answer\":\"EMFILE\"", "steps[0].answer is \"EMFILE\", and the model's \"handle\"")]
    [InlineData("\"title\":\"t\"", "\"title\":\"t\",\"note\":1", "note is nothing that a vector has")]
    public void An_expectation_that_is_not_the_models_is_told_by_its_place(string right, string wrong, string words)
    {
        var faults = new List<VectorFault>();
        Assert.Equal(1, VectorFiles.Verify("mine.json", right.Length == 0 ? Sequential : Sequential.Replace(right, wrong, StringComparison.Ordinal), faults.Add, default));
        Assert.Contains(words, Assert.Single(faults).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(nameof(VectorKind.Concurrent))]
    [InlineData(nameof(VectorKind.History))]
    public void So_is_an_outcome_or_a_verdict(string name)
    {
        var kind = Enum.Parse<VectorKind>(name);
        var content = VectorFiles.Content(kind);
        var wrong = kind == VectorKind.History ? content.Replace("\"verdict\":\"violates\"", "\"verdict\":\"conforms\"", StringComparison.Ordinal)
            : content.Replace("\"outcomes\":[{\"threads\":[[\"ok\"]", "\"outcomes\":[{\"threads\":[[\"EBUSY\"]", StringComparison.Ordinal);
        Assert.NotEqual(content, wrong);
        var faults = new List<VectorFault>();
        VectorFiles.Verify("file", wrong, faults.Add, default);
        Assert.NotEmpty(faults);
        Assert.All(faults, fault => Assert.StartsWith(kind == VectorKind.History ? "verdict is \"conforms\", and the model's \"violates\"" : "outcomes[0].threads[0].[0]", fault.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{", "}", "it is no JSON")]
    [InlineData("\"format\":1", "\"format\":2", "it has format 2, and this suite reads 1")]
    [InlineData("\"format\":1,", "", "'format' is not there")]
    [InlineData("\"kind\":\"sequential\"", "\"kind\":\"other\"", "'kind' is none of sequential, concurrent, history")]
    [InlineData("\"vectors\":[", "\"vectors\":{\"a\":[", "it is no JSON")]
    [InlineData("\"id\":\"sequential-000000000000\",", "", "vector 1 has no id")]
    [InlineData("\"op\":\"Close\"", "\"op\":\"Shut\"", "sequential-000000000000: there is no op 'Shut'")]
    [InlineData("\"answer\":\"ok\"", "\"answer\":\"fine\"", "which is no answer")]
    [InlineData("\"times\":2", "\"times\":0", "'times' is an integer from 1")]
    [InlineData("\"rules\":[\"1.8\"]", "\"rules\":[\"first\"]", "is no rule")]
    [InlineData("\"dialect\":\"Amended\"", "\"dialect\":\"Mine\"", "there is no dialect 'Mine'")]
    public void A_file_that_is_none_is_refused(string right, string wrong, string words) =>
        Assert.Contains(words, Assert.Throws<ProtocolException>(() => VectorFiles.Verify("mine.json", Sequential.Replace(right, wrong, StringComparison.Ordinal), _ => { }, default)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_verb_writes_and_verifies()
    {
        using var cli = new Cli();
        Schemas.Valid("vectors", cli.Run("vectors", "--output", "mine", "--json").Exits(0));
        foreach (var kind in VectorFiles.Kinds) Assert.Equal(File.ReadAllText(Repository.PathOf($"Conformance/Vectors/{VectorFiles.Name(kind)}")), cli.Read($"mine/{VectorFiles.Name(kind)}"));
        cli.Write("mine/history.json", cli.Read("mine/history.json").Replace("\"verdict\":\"violates\"", "\"verdict\":\"conforms\"", StringComparison.Ordinal));
        File.Delete(Path.Combine(cli.Folder, "mine", "concurrent.json"));
        var wrong = cli.Run("vectors", "--verify", "mine", "--json").Exits(1);
        Schemas.Valid("vectors", wrong);
        Assert.NotEqual(0, wrong.Json.GetProperty("faults").GetArrayLength());
        cli.Run("vectors", "--verify", "nowhere").Complains("cannot read nowhere: there is no such folder");
        cli.Run("vectors", "--verify", "mine", "--output", "mine").Complains("vectors takes one of --output DIR and --verify DIR");
        cli.Run("vectors").Complains("vectors takes one of --output DIR and --verify DIR");
        cli.Write("mine/history.json", "{}");
        cli.Run("vectors", "--verify", "mine").Complains("history.json: it is no file of vectors");
    }
}
