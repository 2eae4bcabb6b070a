// Text that came from somebody else, made fit for a message.
namespace PerfModel.Conformance.Text;

/// <summary>Quotes what a user, a file or a subject wrote.</summary>
public static class Quoted
{
    /// <summary>The text as an error message may quote it: short, and nothing that a terminal would obey.</summary>
    public static string Short(string text, int most = 40)
    {
        var shown = text.Length > most ? text[..most] + "…" : text;
        return string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
    }
}
