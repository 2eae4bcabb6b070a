// A terminal that is narrow, and one without colours: lines fit, and no word is cut. The terminal is that of the command script (util-linux).
using System.Diagnostics;
using System.Text.RegularExpressions;
using PerfModel.Conformance.Child;
using Xunit;

namespace PerfModel.Conformance.Tests.Command;

public sealed partial class TerminalTests : IDisposable
{
    private const string Script = "/usr/bin/script";

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [TerminalTheory]
    [InlineData(40, "explore setstopper-vs-overflow --strategy exhaustive --subject wrong:claims-before-publishing")]
    [InlineData(80, "explore setstopper-vs-overflow --strategy exhaustive --subject wrong:claims-before-publishing")]
    [InlineData(40, "run --rule 2.4 --checks rules --subject wrong:busy-for-exists")]
    [InlineData(40, "subjects")]
    [InlineData(40, "explain 7.4")]
    [InlineData(80, "check --preset gates --events 2")]
    public void Lines_fit_into_a_terminal_and_no_word_is_cut(int columns, string command)
    {
        var wide = Words(_cli.Run(command.Split(' ')).Out).ToHashSet();
        var narrow = InTerminal(columns, command);
        Assert.All(narrow.Split('\n'), line => Assert.True(Plain(line).TrimEnd().Length <= columns || !Plain(line).Trim().Contains(' ', StringComparison.Ordinal), line));
        var cut = Words(Plain(narrow)).Where(word => !wide.Contains(word)).ToList();
        // Figures of time, and the numbers of lanes, differ; a word that was cut does not come alone.
        Assert.True(cut.All(word => word.Any(char.IsDigit) || Numbers().IsMatch(word)), string.Join(' ', cut));
    }

    [TerminalFact]
    public void No_color_is_no_color()
    {
        Assert.Contains("\u001b[", InTerminal(80, "run --checks rules --rule 2.5"), StringComparison.Ordinal);
        Assert.DoesNotContain("\u001b[3", InTerminal(80, "run --checks rules --rule 2.5", "NO_COLOR=1 "), StringComparison.Ordinal);
    }

    private string InTerminal(int columns, string command, string variable = "")
    {
        var start = new ProcessStartInfo(Script, ["-qec", $"stty cols {columns} rows 50; {variable}'{DotnetHost.Path}' '{Path.Combine(AppContext.BaseDirectory, "perfmodel.dll")}' {command} 2>/dev/null", "/dev/null"]);
        start.Environment["TERM"] = "xterm-256color";
        return _cli.Run(start, "").Out.ReplaceLineEndings("\n");
    }

    private static string Plain(string text) => Escape().Replace(text, "");

    private static IEnumerable<string> Words(string text) => text.Split([' ', '\n', '\r', '|', '-', '>', '<', '(', ')', ':', ';', ',', '─', '"'], StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex(@"\u001b(\[[0-9;?]*[a-zA-Z]|=|>)|\r")]
    private static partial Regex Escape();

    [GeneratedRegex(@"^(calls|iterations|operations|[\d.,X]+)$")]
    private static partial Regex Numbers();

    private sealed class TerminalFactAttribute : FactAttribute
    {
        public TerminalFactAttribute() => Skip = File.Exists(Script) ? null : $"there is no {Script}";
    }

    private sealed class TerminalTheoryAttribute : TheoryAttribute
    {
        public TerminalTheoryAttribute() => Skip = File.Exists(Script) ? null : $"there is no {Script}";
    }
}
