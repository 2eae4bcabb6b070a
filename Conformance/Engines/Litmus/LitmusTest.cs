// A litmus test: a race small enough that all its outcomes can be listed, each with a sentence that says why it is allowed or forbidden.
using System.Collections.Immutable;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Litmus;

/// <summary>What an outcome is.</summary>
internal enum LitmusClass
{
    /// <summary>Some order of steps gives it.</summary>
    Allowed,

    /// <summary>Allowed, and it must be seen, or the threads do not overlap closely enough for anything that is not seen to mean anything.</summary>
    Required,

    /// <summary>No order of steps gives it.</summary>
    Forbidden,
}

/// <summary>One outcome, and why it is what it is.</summary>
internal sealed record LitmusOutcome(string Outcome, LitmusClass Class, string Because);

/// <summary>
/// A litmus test. Most are files of this folder: lines <c>rows M1, M2</c> and <c>allowed OUTCOME -- why</c> or
/// <c>forbidden OUTCOME -- why</c> around a program in the text grammar, whose rules are those that the outcomes hang on.
/// </summary>
/// <param name="Name">What the command takes.</param>
/// <param name="Rows">The rows of Implementation/MEMORY-ORDERING.md that it is about; none if it is about the runner.</param>
/// <param name="Title">A few words.</param>
/// <param name="Rules">The rules that a forbidden outcome breaks.</param>
/// <param name="Program">The program, or null if it is written in C#.</param>
/// <param name="Outcomes">All outcomes that are allowed, and the forbidden ones that somebody thought of.</param>
/// <param name="Body">Makes it ready to run on a subject, given how that is made.</param>
internal sealed record LitmusTest(
    string Name, ImmutableArray<string> Rows, string Title, ImmutableArray<RuleId> Rules, Program? Program, ImmutableArray<LitmusOutcome> Outcomes, Func<Func<Declaration, ISubject>, LitmusBody> Body)
{
    private const string Folder = "Litmus/";
    private const string Because = " -- ";

    private static readonly System.Reflection.Assembly Here = typeof(LitmusTest).Assembly;

    private static readonly Lazy<ImmutableArray<LitmusTest>> Loaded = new(() =>
    [
        StoreBuffering.Test,
        .. Embedded.Names(Folder, Here).Select(name => Parse(name[Folder.Length..^".txt".Length], Embedded.Text(name, Here))),
    ]);

    /// <summary>Those of any subject: the runner's own first, which says whether the others mean anything.</summary>
    public static ImmutableArray<LitmusTest> All => Loaded.Value;

    /// <summary>What an outcome is: whatever is not listed is forbidden.</summary>
    public LitmusOutcome Classify(string outcome) =>
        Outcomes.FirstOrDefault(one => one.Outcome == outcome) ?? new LitmusOutcome(outcome, LitmusClass.Forbidden, "no order of steps gives this");

    /// <summary>Reads a file of the folder.</summary>
    /// <exception cref="FormatException">It is not of the form.</exception>
    public static LitmusTest Parse(string name, string text)
    {
        var lines = text.Split('\n').ToList();
        var (begin, end) = (lines.IndexOf("perfmodel 1"), lines.IndexOf("end"));
        if (begin < 0 || end < begin) throw new FormatException($"litmus {name}: a program from 'perfmodel 1' to 'end' is needed");
        var program = ProgramParser.ParseOne(string.Join('\n', lines[begin..(end + 1)]) + "\n", $"litmus {name}");
        if (lines[..begin].Where(line => line.Length > 0).ToList() is not [var head] || !head.StartsWith("rows ", StringComparison.Ordinal))
            throw new FormatException($"litmus {name}: one line 'rows M1, …' is needed before the program");
        return new LitmusTest(name, [.. head["rows ".Length..].Split(',', StringSplitOptions.TrimEntries)], program.Title ?? throw new FormatException($"litmus {name}: a title is needed"), [.. program.Rules], program,
            [.. lines[(end + 1)..].Where(line => line.Length > 0).Select(Outcome)], create => new ProgramBody(program, create));

        LitmusOutcome Outcome(string line) =>
            line.Split(' ', 2) is ["allowed" or "forbidden", var rest] && line.Split(' ')[0] is var word && rest.Split(Because, 2) is [{ Length: > 0 } outcome, { Length: > 0 } because]
                ? new LitmusOutcome(outcome, word == "allowed" ? LitmusClass.Allowed : LitmusClass.Forbidden, because)
                : throw new FormatException($"litmus {name}: expected 'allowed OUTCOME{Because}why' or 'forbidden OUTCOME{Because}why', not '{Quoted.Short(line)}'");
    }
}
