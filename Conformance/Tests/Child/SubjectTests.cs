// What the tests of subjects that behave badly share: the command in a folder of its own, an assembly made there, and what came of it.
using System.Text.Json;
using PerfModel.Conformance.Tests.Command;

namespace PerfModel.Conformance.Tests.Child;

public abstract class SubjectTests : IDisposable
{
    protected Cli Cli { get; } = new();

    public void Dispose()
    {
        Cli.Dispose();
        GC.SuppressFinalize(this);
    }

    protected Answer Explore(string name, int code, string patience = "1")
    {
        var answer = Cli.Run("explore", "close-vs-close", "--subject", $"assembly:{name}.dll", "--patience", patience, "--memory", "128", "--iterations", "50", "--json").Exits(code);
        Schemas.Valid("explore", answer);
        return answer;
    }

    protected void Compile(string name, string lines, string? source = null) => Fixture.Compile(Cli.Folder, name, source ?? Fixture.Subject(lines).Replace("private static int s_calls;", $$"""
        protected static int s_calls;
        protected static int Deeper(int depth) => Deeper(depth + 1) + depth;
        [System.Runtime.InteropServices.DllImport("libc")] private static extern int kill(int process, int signal);
        protected static void Signal(int signal) { kill(Environment.ProcessId, signal); System.Threading.Thread.SpinWait(100_000_000); }
        protected static bool First() { try { new FileStream("{{Cli.Folder}}/once", FileMode.CreateNew).Dispose(); return true; } catch (IOException) { return false; } }
        """, StringComparison.Ordinal));

    protected static string Remark(Answer answer, string check) =>
        answer.Json.GetProperty("checks").EnumerateArray().Single(one => one.GetProperty("name").GetString() == check).GetProperty("remark").GetString() ?? "";

    protected static List<JsonElement> Failures(Answer answer) =>
        [.. answer.Json.GetProperty("checks").EnumerateArray().SelectMany(check => check.GetProperty("failures").EnumerateArray())];

    protected static string Page(Answer answer) => answer.Json.GetProperty("failures")[0].GetProperty("page").GetString()!;
}
