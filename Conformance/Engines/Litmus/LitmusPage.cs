// What a person reads of a litmus test: its histogram, as litmus7 prints one, and the page of an outcome that must not be.
using System.Globalization;
using System.Text;
using PerfModel.Conformance.Pages;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Litmus;

/// <summary>Writes the pages of litmus tests.</summary>
internal static class LitmusPage
{
    /// <summary>allowed, required or forbidden.</summary>
    public static string Word(LitmusClass what) => what switch { LitmusClass.Allowed => "allowed", LitmusClass.Required => "required", _ => "forbidden" };

    /// <summary>Every outcome with its count.</summary>
    public static string Histogram(LitmusReport report)
    {
        var test = report.Test;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{test.Name}: {test.Title}{(test.Rows.IsEmpty ? "" : $" ({string.Join(", ", test.Rows)})")}\n");
        foreach (var count in report.Counts)
        {
            text.Append(CultureInfo.InvariantCulture, $"{count.Count,11:N0}  {Word(count.Outcome.Class),-9}  {count.Outcome.Outcome}\n");
            foreach (var line in PageText.Fold(count.Outcome.Because, PageText.Width - 26)) text.Append(' ', 26).Append(line).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>The page of a test that showed what is forbidden, or did not show what it must.</summary>
    public static string Of(LitmusReport report, string subject)
    {
        var test = report.Test;
        var page = new PageText();
        page.Head(report.Forbidden.Any() ? "DOES NOT CONFORM" : "UNKNOWN", test.Rules.IsEmpty ? "" : $"rules in play: {string.Join(", ", test.Rules)}", $"litmus, {subject}");
        page.Line();
        page.Label("about", test.Title);
        if (!test.Rows.IsEmpty) page.Label("rows", $"{string.Join(", ", test.Rows)} of Implementation/MEMORY-ORDERING.md");
        if (test.Program is { } program)
        {
            page.Label("setup", PageText.Listed(program.Setup.Select(line => line.Operation.ToString()), "; "));
            for (var thread = 0; thread < program.Threads.Length; thread++)
                page.Label($"thread {ProgramThread.Name(thread)}", PageText.Listed(program.Threads[thread].Lines.Select(line => line.Operation.ToString()), "; "));
            if (!program.After.IsEmpty) page.Label("after", PageText.Listed(program.After.Select(line => line.Operation.ToString()), "; "));
        }

        foreach (var count in report.Forbidden) Outcome("forbidden", count);
        if (!report.Forbidden.Any())
            foreach (var count in report.Missing) Outcome("never seen", count);
        return page.ToString();

        void Outcome(string label, LitmusCount count)
        {
            page.Line();
            page.Label(label, count.Outcome.Outcome);
            page.Label("because", count.Outcome.Because);
            page.Label("seen", string.Create(CultureInfo.InvariantCulture, $"{count.Count:N0} of {report.Iterations:N0} times"));
        }
    }
}
