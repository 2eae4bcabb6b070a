// Conformance/EVIDENCE.md, what checks each rule, is what the suite has: made here, and compared; PERFMODEL_WRITE=1 writes it anew.
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
    // The bounds of .ci/run and .ci/long. Which rules decide something there is seen in smaller ones: what happens with two events happens with three.
    private static readonly (string Preset, int Seen, string Checked)[] Presets = [("core", 2, "core 3"), ("gates", 2, "gates 4"), ("scopes", 2, "scopes 2"), ("family", 2, "family"), ("steps", 2, "steps 2")];

    // Of family, breadth-first: each of its actions has succeeded and failed long before.
    private const int FirstStates = 20_000;

    [LongFact]
    public void The_page_is_true() => GeneratedText.Holds(Repository.PathOf("Conformance", "EVIDENCE.md"), "evidence", Table());

    [Fact]
    public void CI_explores_the_bounds_that_the_table_names()
    {
        var script = string.Concat(Directory.EnumerateFiles(Repository.PathOf(".ci")).Select(File.ReadAllText));
        foreach (var (preset, _, bound) in Presets)
        {
            var events = bound.Split(' ') is [_, var number] ? $"\"{preset} --events {number}\"" : preset;
            Assert.Contains(events, script, StringComparison.Ordinal);
        }
    }

    private static string Table()
    {
        var exhaustive = Presets.Select(preset => (preset.Checked, Rules: Decided(preset.Preset, preset.Seen))).ToList();
        var table = new StringBuilder("| rule | model checker | checks | scenarios | litmus tests |\n|---|---|---|--:|--:|\n");
        foreach (var rule in SpecDocument.Current.Rules)
        {
            var bounds = exhaustive.Where(one => one.Rules.Contains(rule.Id)).Select(one => one.Checked);
            var checks = rule.Untested is { } reason ? $"untested: {reason}" : string.Join(" ", Evidence.ChecksOf(rule));
            table.Append(CultureInfo.InvariantCulture, $"| {rule.Id} {rule.Title} | {string.Join(", ", bounds)} | {checks} ")
                .Append(CultureInfo.InvariantCulture, $"| {Number(Evidence.ScenariosOf(rule))} | {Number(Evidence.LitmusOf(rule))} |\n");
        }

        return table.ToString();

        static string Number(IEnumerable<string> names) => names.Count() is > 0 and var count ? count.ToString(CultureInfo.InvariantCulture) : "";
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
