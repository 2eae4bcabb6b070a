// Draws a trace in lanes, one for each actor and time downwards: as text, and as a picture that is light or dark as its page is.
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;

namespace PerfModel.Conformance.Pages;

/// <summary>One step of a trace.</summary>
/// <param name="Lane">Who takes it.</param>
/// <param name="Function">Where its actor is.</param>
/// <param name="Code">What it does there.</param>
/// <param name="Note">The state after it, as far as it has changed.</param>
internal sealed record TraceStep(string Lane, string Function, string Code, string Note);

/// <summary>A trace. One actor is at work at a time, so the text of a step may run on over the lanes to its right.</summary>
/// <param name="Lanes">The names of the lanes, from left to right.</param>
/// <param name="Steps">The steps; the last is the one that matters.</param>
internal sealed record TraceDrawing(ImmutableArray<string> Lanes, ImmutableArray<TraceStep> Steps)
{
    // In columns: the numbers of the steps, from lane to lane, and the state.
    private const int Margin = 5;
    private const int Pitch = 15;
    private const int NoteRoom = 28;

    // Of a picture, in columns: the text of a step, and from lane to lane. In pixels: a column, a line, and the room around a text.
    private const int BoxRoom = 42;
    private const int BoxPitch = 12;
    private const double Column = 6.7;
    private const int Line = 15;
    private const int Padding = 6;

    /// <summary>The trace as lines of a page.</summary>
    /// <param name="width">The longest line.</param>
    public IEnumerable<string> Lines(int width)
    {
        var notes = width - NoteRoom;
        yield return $"{new string(' ', Margin)}{string.Concat(Lanes.Select(lane => lane.PadRight(Pitch)))}".PadRight(notes) + "state after it";
        for (var i = 0; i < Steps.Length; i++)
        {
            var indent = Margin + Lanes.IndexOf(Steps[i].Lane) * Pitch;
            var number = (i + 1).ToString(CultureInfo.InvariantCulture).PadLeft(Margin - 2);
            foreach (var (code, note) in Rows(i, notes - indent - 2))
            {
                yield return ((number.PadRight(indent) + code).PadRight(notes) + note).TrimEnd();
                number = "";
            }
        }
    }

    /// <summary>Traces as SVG, one below the other: a box for each step, the state below its code.</summary>
    /// <param name="traces">Each with what it shows.</param>
    public static string Svg(IReadOnlyCollection<(string Title, TraceDrawing Trace)> traces)
    {
        var (drawn, y) = (new StringBuilder(), 0);
        foreach (var (title, trace) in traces) y = trace.Draw(drawn, title, y);
        return $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{traces.Max(one => Pixels(one.Trace.Room)) + 3 * Padding}} {{y}}" role="img" aria-labelledby="title" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="11">
              <title id="title">{{WebUtility.HtmlEncode(string.Join("; ", traces.Select(one => one.Title)))}}</title>
              <style>
                svg { color: #1f2328; background: #ffffff; }
                text { fill: currentColor; white-space: pre; } .soft { fill: #656d76; } .axis { stroke: #8c959f; }
                .step { fill: #f6f8fa; stroke: #8c959f; } .last { fill: #ffebe9; stroke: #cf222e; }
                @media (prefers-color-scheme: dark) {
                  svg { color: #e6edf3; background: #0d1117; }
                  .soft { fill: #8b949e; } .axis { stroke: #6e7681; } .step { fill: #161b22; stroke: #6e7681; } .last { fill: #3c1618; stroke: #f85149; }
                }
              </style>

            """.ReplaceLineEndings("\n") + drawn + "</svg>\n";
    }

    // In columns.
    private int Room => (Lanes.Length - 1) * BoxPitch + BoxRoom;

    // From a height downwards; the answer is the height at which it ends.
    private int Draw(StringBuilder drawn, string title, int above)
    {
        string[] heading = [.. PageText.Fold(title, Room)];
        var top = above + (heading.Length + 2) * Line;
        var (boxes, y) = (new StringBuilder(), top + Padding);
        for (var i = 0; i < Steps.Length; i++)
        {
            var x = Pixels(Lanes.IndexOf(Steps[i].Lane) * BoxPitch) + Padding;
            string[] code = [.. PageText.Fold(Said(i), BoxRoom)], note = Steps[i].Note.Length == 0 ? [] : [.. PageText.Fold(Steps[i].Note, BoxRoom)];
            var height = (code.Length + note.Length) * Line + Padding;
            boxes.Append(CultureInfo.InvariantCulture, $"  <rect class=\"{(i == Steps.Length - 1 ? "last" : "step")}\" x=\"{x}\" y=\"{y}\" width=\"{Pixels(BoxRoom) + Padding}\" height=\"{height}\" rx=\"4\"/>\n");
            foreach (var (line, style) in code.Select(line => (line, "")).Concat(note.Select(line => (line, " class=\"soft\"")))) boxes.Append(Text(x + Padding, (y += Line) - 1, line, style));
            y += 2 * Padding;
        }

        for (var i = 0; i < heading.Length; i++) drawn.Append(Text(2 * Padding, above + (i + 1) * Line, heading[i], " font-weight=\"bold\""));
        for (var lane = 0; lane < Lanes.Length; lane++)
        {
            var x = Pixels(lane * BoxPitch) + 2 * Padding;
            drawn.Append(CultureInfo.InvariantCulture, $"  <path class=\"axis\" d=\"M{x} {top}V{y}\"/>\n").Append(Text(x, top - Padding, Lanes[lane], " font-weight=\"bold\""));
        }

        drawn.Append(boxes);
        return y;

        static string Text(int x, int y, string text, string style) => FormattableString.Invariant($"  <text x=\"{x}\" y=\"{y}\"{style}>{WebUtility.HtmlEncode(text)}</text>\n");
    }

    private static int Pixels(int columns) => (int)(columns * Column);

    // The function is named where it is not that of the step before in its lane.
    private string Said(int i) =>
        Steps.Take(i).LastOrDefault(before => before.Lane == Steps[i].Lane)?.Function == Steps[i].Function ? Steps[i].Code : $"{Steps[i].Function}: {Steps[i].Code}";

    private IEnumerable<(string Code, string Note)> Rows(int i, int room)
    {
        var code = PageText.Fold(Said(i), room).ToList();
        var note = PageText.Fold(Steps[i].Note, NoteRoom).ToList();
        return Enumerable.Range(0, Math.Max(code.Count, note.Count)).Select(row => (code.ElementAtOrDefault(row) ?? "", note.ElementAtOrDefault(row) ?? ""));
    }
}
