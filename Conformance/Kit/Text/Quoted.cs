// Text that came from somebody else, made fit for a message.
namespace PerfModel.Conformance.Text;

/// <summary>Quotes the text of a user, a file or a subject.</summary>
public static class Quoted
{
    // Enough for a sentence: who throws a file in its message has a debugger.
    private const int MostOfAMessage = 160;

    /// <summary>The text as an error message may quote it: short, and nothing that a terminal would obey.</summary>
    public static string Short(string text, int most = 40)
    {
        var shown = text.Length > most ? text[..most] + "…" : text;
        return string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
    }

    /// <summary>The exception of a subject: the name of its type, and its message as far as it has one.</summary>
    public static string Thrown(Exception thrown)
    {
        // What a static constructor threw says more than that one did.
        if (thrown is TypeInitializationException { InnerException: { } inner }) return $"{nameof(TypeInitializationException)}: {Thrown(inner)}";
        string message;
        try
        {
            message = thrown.Message ?? "";
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // The type is the subject's too.
            message = $"(its message threw {e.GetType().Name})";
        }

        return message.Length == 0 ? thrown.GetType().Name : $"{thrown.GetType().Name}: {Short(message.ReplaceLineEndings(" "), MostOfAMessage)}";
    }
}
