// SPEC.md's table of what speaks for each rule is what the suite has: made here, and compared; PERFMODEL_WRITE=1 writes it anew.
using System.Globalization;
using System.Text;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.ModelChecker;
using PerfModel.Conformance.Spec;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.Docs;

public class EvidenceTests
{
    private const string Begin = "<!-- evidence -->\n", End = "<!-- /evidence -->";

    // The bounds of .ci/run. Which rules decide something there is seen in smaller ones: what happens with two events happens with three.
    private static readonly (string Preset, int Seen, string Checked)[] Presets = [("core", 2, "core 3"), ("gates", 2, "gates 4"), ("scopes", 2, "scopes 2"), ("family", 2, "family"), ("steps", 2, "steps 2")];

    // Of family, breadth-first: each of its actions has succeeded and failed long before.
    private const int FirstStates = 20_000;

    [Fact]
    public void The_table_in_the_spec_is_true()
    {
        var file = Repository.PathOf("SPEC.md");
        var text = File.ReadAllText(file).ReplaceLineEndings("\n");
        var (start, end) = (text.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, text.IndexOf(End, StringComparison.Ordinal));
        Assert.True(start >= Begin.Length && end >= start, "SPEC.md lacks the lines around the table");
        var table = Table();
        if (Environment.GetEnvironmentVariable("PERFMODEL_WRITE") == "1") File.WriteAllText(file, text[..start] + table + text[end..]);
        else Assert.True(text[start..end] == table, $"the table has changed; PERFMODEL_WRITE=1 writes it anew:\n{table}");
    }

    [Fact]
    public void CI_explores_the_bounds_that_the_table_names()
    {
        var script = File.ReadAllText(Repository.PathOf(".ci", "run"));
        foreach (var (preset, _, bound) in Presets)
        {
            var events = bound.Split(' ') is [_, var number] ? $"\"{preset} --events {number}\"" : preset;
            Assert.Contains(events, script, StringComparison.Ordinal);
        }
    }

    private static string Table()
    {
        var exhaustive = Presets.Select(preset => (preset.Checked, Rules: Decided(preset.Preset, preset.Seen))).ToList();
        var table = new StringBuilder("| rule | what speaks for it |\n|---|---|\n");
        foreach (var rule in SpecDocument.Current.Rules)
        {
            var bounds = exhaustive.Where(one => one.Rules.Contains(rule.Id)).Select(one => one.Checked).ToList();
            var scenarios = Evidence.ScenariosOf(rule).Count();
            var litmus = Evidence.LitmusOf(rule).Count();
            var words = Evidence.ChecksOf(rule).ToList();
            if (bounds.Count > 0) words.Insert(0, $"exhaustive ({string.Join(", ", bounds)})");
            if (scenarios > 0) words.Add(string.Create(CultureInfo.InvariantCulture, $"every schedule of {scenarios}"));
            if (litmus > 0) words.Add(string.Create(CultureInfo.InvariantCulture, $"litmus {litmus}"));
            table.Append(CultureInfo.InvariantCulture, $"| {rule.Id} {rule.Title} | {(words.Count > 0 ? string.Join("; ", words) : $"untested: {rule.Untested}")} |\n");
        }

        return table.ToString();
    }

    private static HashSet<RuleId> Decided(string name, int events)
    {
        var rules = new HashSet<RuleId>();
        var preset = Preset.Find(name)!;
        foreach (var dialect in Enum.GetValues<Dialect>())
        {
            if (preset.IsConcurrent)
            {
                var machine = (StepsMachine)preset.Reference(events, dialect, symmetric: true);
                foreach (var (before, move) in States(machine).SelectMany(machine.MovesFrom)) rules.UnionWith(Cited.By(before, move).Rules);
                continue;
            }

            var codec = preset.Codec(events, dialect);
            foreach (var word in States(preset.Machine(events, dialect, symmetric: false)))
            {
                for (var action = 0; action < codec.Actions.Length; action++)
                {
                    var at = codec.Decode(word);
                    foreach (var operation in codec.Operations(word, action))
                    {
                        var outcome = Step.Apply(at, operation);
                        rules.UnionWith(Cited.By(at, operation, outcome).Rules);
                        at = outcome.State;
                    }
                }
            }
        }

        return rules;
    }

    private static IEnumerable<ulong> States(IMachine machine) => ModelChecker.EqualityTests.Reachable(machine).Take(FirstStates);
}
