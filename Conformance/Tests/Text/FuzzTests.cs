// Ten thousand damaged documents: each is read, and then comes back from its text and can be run, or is refused in one line.
using System.Text;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Conformance.Wrong;
using PerfModel.Model;
using Xunit;
using Xunit.Abstractions;

namespace PerfModel.Conformance.Tests;

public class FuzzTests(ITestOutputHelper output)
{
    private const int Cases = 10_000;

    // Letters, signs and words of the grammar, and what is in no grammar.
    private static readonly string[] Pieces =
    [
        "#", "-1", "->", "ok", "ok #5", "@", "=", "(", ")", ",", ":", " ", "\n", "\r", "\t", "0", "9", "99999999999999999999", "2147483648", "-", "+", "e", "t", "z9",
        "end", "\nend\n", "perfmodel 1\n", "thread A\n", "thread C\n", "after\n", "history\n", "schedule\n", "A calls ", "A returns ok\n", "Z: ", "2 times ", "dialect ", "rules 12.1\n",
        "Open(", "Tick(", "EBADF", "Amended", "handles 1048577", "\0", "\uFEFF", "\uD800", "é", "\u2028", "\u0085", "\u001b[2J", new string('(', 3000),
    ];

    [Fact]
    public void Whatever_is_damaged_is_read_or_refused()
    {
        var random = new Random((int)Walks.Seed);
        var valid = Examples.All.Concat(Scenarios.All.Values).Concat(Walks.Samples(AnyProgram.All, 300)).Select(document => document.ToString()).ToList();
        int read = 0, refused = 0;
        for (var i = 0; i < Cases; i++)
        {
            var text = Damaged(valid[random.Next(valid.Count)], random);
            try
            {
                foreach (var document in ProgramParser.ParseAll(text, "file")) Usable(document);
                read++;
            }
            catch (ProgramException e)
            {
                Assert.True(e.Message.StartsWith("file:", StringComparison.Ordinal), $"no place: {e.Message}\n{text}");
                Assert.True(!e.Message.Any(char.IsControl) && e.Message.Length < 250, $"not one line: {e.Message}\n{text}");
                refused++;
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"{e}\nby\n{text}");
            }
        }

        output.WriteLine($"seed {Walks.Seed}, {read} read, {refused} refused");
        Assert.InRange(read, Cases / 20, Cases);
        Assert.InRange(refused, Cases / 4, Cases);
    }

    // The other readers of files: whatever they are given, they read it or say in one line why not.
    [Fact]
    public void A_damaged_edit_or_spec_is_read_or_refused()
    {
        var random = new Random((int)Walks.Seed);
        var edits = Directory.GetFiles(Repository.PathOf("Conformance/Wrong"), "*.edit").Order(StringComparer.Ordinal).Select(File.ReadAllText).ToList();
        var spec = File.ReadAllText(Repository.PathOf("SPEC.md"));
        var (read, refused) = (0, 0);
        for (var i = 0; i < Cases / 5; i++) Read(() => WrongSubject.Parse("edit", Damaged(edits[random.Next(edits.Count)], random)));
        for (var i = 0; i < Cases / 100; i++) Read(() => SpecDocument.Parse(Damaged(spec, random)));
        output.WriteLine($"seed {Walks.Seed}, {read} read, {refused} refused");
        Assert.InRange(read, Cases / 20, Cases);
        Assert.InRange(refused, Cases / 20, Cases);

        void Read(Func<object> reader)
        {
            try
            {
                Assert.NotNull(reader());
                read++;
            }
            catch (FormatException e)
            {
                Assert.True(!e.Message.Any(char.IsControl) && e.Message.Length < 250, $"not one line: {e.Message}");
                refused++;
            }
        }
    }

    private static string Damaged(string text, Random random)
    {
        if (random.Next(20) == 0) return Noise(random);
        for (var wounds = random.Next(1, 4); wounds > 0; wounds--)
        {
            var lines = text.Split('\n');
            var (at, line) = (random.Next(text.Length + 1), random.Next(lines.Length));
            var piece = Pieces[random.Next(Pieces.Length)];
            text = random.Next(7) switch
            {
                0 => text[..at],
                1 => string.Join('\n', lines.Where((_, i) => i != line)),
                2 => string.Join('\n', lines.SelectMany((each, i) => i == line ? [each, each] : new[] { each })),
                3 => string.Join('\n', lines.Select((each, i) => i == line ? lines[random.Next(lines.Length)] : each)),
                4 => text[..at] + piece + text[at..],
                5 => text[..at] + text[Math.Min(text.Length, at + random.Next(1, 5))..],
                _ => string.Join('\n', lines.Select((each, i) => i == line ? string.Join(' ', each.Split(' ').Select(word => random.Next(3) == 0 ? piece : word)) : each)),
            };
        }

        return text;
    }

    private static string Noise(Random random)
    {
        var bytes = new byte[random.Next(300)];
        random.NextBytes(bytes);
        return random.Next(2) == 0 ? Encoding.UTF8.GetString(bytes) : $"perfmodel 1\n{Encoding.Latin1.GetString(bytes).Replace("\0", "", StringComparison.Ordinal)}";
    }

    // What was read may say anything, but it says it in the grammar, and the kit can run and judge it.
    private static void Usable(Program document)
    {
        var again = ProgramParser.ParseOne(document.ToString(), "again");
        Assert.True(AnyProgram.Difference(document, again) is null, $"{AnyProgram.Difference(document, again)}\n{document}");
        if (document.Setup.Any(line => line.Times > 100)) return;
        var declaration = document.DeclarationIn(Dialect.Amended);
        if (document.Threads.IsEmpty) Sequence.Compare(document, declaration, new ModelSubject(declaration));
        if (document.History.IsDefault) return;
        try
        {
            HistoryChecker.Check(document, Dialect.Amended, new Budget(200));
        }
        catch (ProgramException)
        {
            // What its name says: the grammar's own reader cannot know that a handle is issued twice by a history.
        }
    }
}
