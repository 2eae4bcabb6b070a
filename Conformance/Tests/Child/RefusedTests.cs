// An assembly that cannot be used ends with one line for its author and exit code 2, before any check.
using PerfModel.Conformance.Child;
using PerfModel.Conformance.Tests.Command;
using Xunit;

namespace PerfModel.Conformance.Tests.Child;

public sealed class RefusedTests : IDisposable
{
    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("assembly:", "'assembly:' names nothing: expected assembly:MY.dll[,Type]")]
    [InlineData("assembly:,Mine", "names nothing")]
    [InlineData("assembly:nowhere.dll", "cannot load nowhere.dll: there is no such file")]
    [InlineData("assembly:nowhere.dll,Mine", "cannot load nowhere.dll: there is no such file")]
    [InlineData("assembly:.", "it is a folder; name the .dll in it")]
    [InlineData("assembly:no\u0007where.dll", "has no control characters")]
    [InlineData("assembly:no #where.dll", "no ' #' in it")]
    public void A_path_that_leads_nowhere(string subject, string words)
    {
        foreach (var verb in (string[])["run", "explore"]) Refused(subject, words, verb);
    }

    [Fact]
    public void What_is_no_assembly()
    {
        Refused($"assembly:{_cli.Write("text.dll", "not an assembly")}", "text.dll is not a .NET assembly");
        Refused($"assembly:{_cli.Write("empty.dll", "")}", "empty.dll is not a .NET assembly");
        Refused($"assembly:{_cli.Write("cut.dll", File.ReadAllBytes(Cli.Assembly)[..5000])}", "cut.dll is not a .NET assembly");
        Refused($"assembly:{DotnetHost.Path}", "is not a .NET assembly; name the .dll that the build made");
    }

    [Fact]
    public void Nothing_that_implements_the_interface()
    {
        Refused(Compile("Empty", "public class Other;", typeof(object).Assembly.Location), "Empty.dll does not refer to PerfModel.Conformance.Kit, so no type in it implements PerfModel.Conformance.Subjects.ISubject");
        Refused(Compile("Abstract", "public abstract class Some : ISubject { public abstract Result Apply(Operation operation); }"), "no public type of Abstract.dll implements PerfModel.Conformance.Subjects.ISubject");
        Refused(Compile("Hidden", "internal class Some : ISubject { public Result Apply(Operation operation) => Result.Ok; }"), "Some does, and is not public");
        Refused(Compile("Other", "namespace Own { public interface ISubject { Result Apply(Operation operation); } public class Some : ISubject { public Result Apply(Operation operation) => Result.Ok; } public class Use { public PerfModel.Conformance.Subjects.HandleNames Names; } }") + ",Some",
            "Own.Some implements Own.ISubject of Other, not PerfModel.Conformance.Subjects.ISubject");
    }

    // Rule 8.1: a subject may offer some dialects only.
    [Fact]
    public void A_dialect_that_is_not_offered()
    {
        var some = Compile("Some", Fixture.Subject("", made: "if (declaration.Dialect != Dialect.Amended) throw new NotSupportedException(\"later\");"));
        var ran = _cli.Run("run", "--subject", some, "--rule", "2.4").Exits(0);
        Assert.Contains("Some.dll conforms: 1 rule, ", ran.Out, StringComparison.Ordinal);
        Assert.Contains("offers Amended: Patch2011 and Linux613 are left out", ran.Err, StringComparison.Ordinal);
        Assert.Contains("offers Amended, and not Linux613: its constructor throws NotSupportedException", _cli.Run("run", "--subject", some, "--dialect", "Linux613").Exits(2).Err, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_one_that_implements_it()
    {
        var two = Compile("Two", $"namespace N {{ {Fixture.Subject("", "First")} {Fixture.Subject("", "Second")} public class Third; }}");
        Refused(two, "2 types of Two.dll implement ISubject: N.First, N.Second; name one: --subject assembly:Two.dll,N.First");
        Directory.CreateDirectory(Path.Combine(_cli.Folder, "sub"));
        File.Copy(Path.Combine(_cli.Folder, "Two.dll"), Path.Combine(_cli.Folder, "sub", "Two.dll"));
        Refused("assembly:sub/Two.dll", "name one: --subject assembly:sub/Two.dll,N.First");
        Refused(two + ",Fourth", "Two.dll has no type 'Fourth'; N.First, N.Second implement ISubject");
        Refused(two + ",Third", "N.Third does not implement PerfModel.Conformance.Subjects.ISubject; N.First, N.Second implement ISubject");
        foreach (var type in (string[])["Second", "N.Second"])
            Assert.Contains("Two.dll," + type + " conforms", _cli.Run("run", "--subject", $"{two},{type}", "--rule", "2.4").Exits(0).Out, StringComparison.Ordinal);
    }

    [Fact]
    public void A_constructor_that_does_not_make_one()
    {
        Refused(Compile("NoDeclaration", "public class Mine : ISubject { public Result Apply(Operation operation) => Result.Ok; }"), "Mine has no public constructor that takes a PerfModel.Model.Declaration");
        Refused(Compile("Private", "public class Mine : ISubject { private Mine(Declaration d) { } public Result Apply(Operation operation) => Result.Ok; }"), "Mine has no public constructor");
        Refused(Compile("Throws", Fixture.Subject("", made: "throw new FormatException(\"no licence\\nat all\");")), "the constructor of Mine threw FormatException: no licence at all");
        Refused(Compile("ThrowsInOne", Fixture.Subject("", made: "if (declaration.Dialect == Dialect.Amended) throw new FormatException(\"later\");")), "the constructor of Mine, in dialect Amended, threw FormatException: later");
        Refused(Compile("OffersNone", Fixture.Subject("", made: "throw new NotSupportedException(\"not yet\");")), "the constructor of Mine threw NotSupportedException: not yet in every dialect");
        Refused(Compile("Static", Fixture.Subject("").Replace("private static int s_calls;", "private static int s_calls; static Mine() => int.Parse(\"x\");", StringComparison.Ordinal)), "the constructor of Mine threw TypeInitializationException: FormatException: The input string 'x' was not in a correct format.");
        Refused(Compile("Exits", Fixture.Subject("", made: "Environment.Exit(0);")), "Exits.dll cannot be used: the constructor ended the process with exit code 0");
        Refused(Compile("Overflows", Fixture.Subject("", made: "new Mine(declaration);")), "Overflows.dll cannot be used: the constructor ended the process: Stack overflow.");
        Refused(Compile("Waits", Fixture.Subject("", made: "Thread.Sleep(-1);")), "Waits.dll cannot be used: the constructor did not return within 1 s");
        Refused(Compile("Stays", "public class Mine(Declaration declaration) : ISubject, IDisposable { public Result Apply(Operation operation) => Result.Ok; public void Dispose() { if (declaration.Cpus > 0) Thread.Sleep(-1); } }"), "Stays.dll cannot be used: Dispose did not return within 1 s");
        Refused(Compile("Takes", Fixture.Subject("", made: "var all = new List<byte[]>(); while (true) all.Add(new byte[1 << 20]);")), "Takes.dll cannot be used: the constructor allocates without end: 128 MiB");
    }

    [Fact]
    public void Another_version_of_ours()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_cli.Folder, "other")).FullName;
        var model = Path.Combine(folder, Fixture.Compile(folder, "PerfModel.Model", """[assembly: System.Reflection.AssemblyVersion("9.0.0.0")] namespace PerfModel.Model { public class Declaration; public class Operation; public struct Result; }""", typeof(object).Assembly.Location));
        var kit = Path.Combine(folder, Fixture.Compile(folder, "PerfModel.Conformance.Kit", """[assembly: System.Reflection.AssemblyVersion("9.1.0.0")] namespace PerfModel.Conformance.Subjects { public interface ISubject { PerfModel.Model.Result Apply(PerfModel.Model.Operation operation); } }""", model));
        const string Subject = "using PerfModel.Model; public class Mine : PerfModel.Conformance.Subjects.ISubject { public Mine(Declaration d) { } public Result Apply(Operation operation) => default; }";
        Refused(Compile("Newer", Subject, model, kit), "Newer.dll is built for PerfModel.");
        Refused(Compile("Newer", Subject, model, kit), " 9.");

        // Ours by its version, and not by what is in it.
        var same = Fixture.Compile(folder, "PerfModel.Model", """[assembly: System.Reflection.AssemblyVersion("0.1.0.0")] namespace PerfModel.Model { public class Declaration; public class Operation; public struct Result { public static Result Refused(int why) => default; } }""", typeof(object).Assembly.Location);
        const string Uses = "public class Helper { public static object X() => PerfModel.Model.Result.Refused(1); } public class Mine : PerfModel.Conformance.Subjects.HandleNamesUser { }";
        var user = Fixture.Compile(folder, "PerfModel.Conformance.Kit", """[assembly: System.Reflection.AssemblyVersion("0.1.0.0")] namespace PerfModel.Conformance.Subjects { public class HandleNamesUser; }""", Path.Combine(folder, same));
        Refused(Compile("Older", Uses, Path.Combine(folder, same), Path.Combine(folder, user)), "Older.dll is built for another version of what it uses: ");
    }

    [Fact]
    public void Another_framework()
    {
        Refused(Compile("Future", "[assembly: System.Runtime.Versioning.TargetFramework(\".NETCoreApp,Version=v99.0\")]" + Fixture.Subject("")), "Future.dll is built for .NET 99; this suite runs on .NET 10: target net10.0");
        Refused(Compile("Past", "[assembly: System.Runtime.Versioning.TargetFramework(\".NETFramework,Version=v4.8\")]" + Fixture.Subject("")), "Past.dll is built for .NETFramework,Version=v4.8");
        Refused(Compile("Reference", "[assembly: System.Runtime.CompilerServices.ReferenceAssembly]" + Fixture.Subject("")), "Reference.dll is a reference assembly, without code; name the one that the build put into bin");
    }

    [Fact]
    public void A_neighbour_that_is_not_there()
    {
        Fixture.Compile(_cli.Folder, "Neighbour", "public class Base { public int X; }");
        var name = Compile("Lonely", "using PerfModel.Conformance.Subjects; using PerfModel.Model; public class Mine : Base, ISubject { public Mine(Declaration d) { } public Result Apply(Operation operation) => Result.Ok; }", [Path.Combine(_cli.Folder, "Neighbour.dll"), .. Fixture.Ours]);
        File.Delete(Path.Combine(_cli.Folder, "Neighbour.dll"));
        Refused(name, "Lonely.dll needs Neighbour 0.0.0.0, which does not lie beside it");
    }

    [Fact]
    public void A_saved_failure_of_an_assembly_that_is_gone()
    {
        _cli.Write("failure", "perfmodel 1\nsubject assembly:C#/gone.dll\ndialect Amended\nverdict violates\np = Open(task 0)\nend\n");
        _cli.Run("replay", "failure").Complains("failure would run assembly:C#/gone.dll: that runs with your rights, and only if you name it too: --subject 'assembly:C#/gone.dll'");
        _cli.Replay("failure").Complains("cannot load gone.dll: there is no such file");
    }

    [Theory]
    [InlineData("--patience '0': expected a whole number from 1", "--patience", "0")]
    [InlineData("--memory 'x': expected a whole number", "--memory", "x")]
    [InlineData("--memory '10': expected a whole number from 64", "--memory", "10")]
    public void Terms_that_mean_nothing(string words, params string[] terms) => _cli.Run(["run", .. terms]).Complains(words);

    private string Compile(string name, string source, params string[] references) => "assembly:" + Fixture.Compile(_cli.Folder, name, source, references);

    private void Refused(string subject, string words, string verb = "run") =>
        _cli.Run(verb, "--subject", subject, "--patience", "1", "--memory", "128").Complains(words);
}
