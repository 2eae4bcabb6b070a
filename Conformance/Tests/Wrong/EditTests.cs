// Every wrong edit still fits the shipped source and compiles, says what it breaks, and fails by name when the source has moved on.
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Wrong;
using Xunit;

namespace PerfModel.Conformance.Tests;

public class EditTests
{
    public static TheoryData<string> Names => [.. WrongSubject.All.Select(wrong => wrong.Name)];

    [Fact]
    public void There_are_ten_to_begin_with() => Assert.InRange(WrongSubject.All.Length, 10, int.MaxValue);

    [Theory]
    [MemberData(nameof(Names))]
    public void An_edit_fits_and_compiles(string name)
    {
        var wrong = WrongRuns.Find(name);
        Assert.NotEmpty(wrong.Hunks);
        Assert.All(wrong.Hunks, hunk => Assert.NotEqual(hunk.Before, hunk.After));
        Assert.True(File.Exists(WrongRuns.Assembly(wrong)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void It_says_what_it_breaks_and_who_notices(string name)
    {
        var wrong = WrongRuns.Find(name);
        Assert.False(string.IsNullOrWhiteSpace(wrong.Summary));
        Assert.NotNull(wrong.Class);
        Assert.Equal(wrong.Kind == WrongSubject.Leak, wrong.Breaks.IsEmpty);
        Assert.All(wrong.Breaks, rule => Assert.True(SpecDocument.Current.Find(rule) is { Untested: null }, $"{rule} is no tested rule"));
        Assert.NotEmpty(wrong.Catches);
        Assert.All(wrong.Catches, caught => Assert.Contains(caught.Check, WrongRuns.Checks.AddRange(Checks.SchedulePlan.Coyote, Checks.EnumerationCheck.Name)));
        // No more than run spends, whose user asks for nothing; or than enumerate --calls 1+2 and 1+6 of tenants.
        Assert.All(wrong.Catches, caught => Assert.InRange(caught.Within, 1, caught.Check == Checks.EnumerationCheck.Name ? 5_000_000 : 8_000));

        // A mistake that only chapter 7 forbids, or the programs of Linux613, takes two threads to see; any other shows in a sequence.
        if (wrong.Kind == WrongSubject.Leak) return;
        Assert.Equal(wrong.Breaks.All(rule => rule.Chapter == 7 || rule is { Chapter: 8, Number: 16 or 18 or 21 }), wrong.Catches.Any(caught => caught.Check is Checks.SchedulePlan.Coyote or Checks.EnumerationCheck.Name));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_source_that_has_moved_on_is_refused_by_name(string name)
    {
        var wrong = WrongRuns.Find(name);
        var hunk = wrong.Hunks[0];
        var gone = wrong with { Hunks = [hunk with { Before = hunk.Before.Insert(hunk.Before.Length / 2, "moved on") }] };
        Assert.Equal($"wrong:{name}: a 'before' stands 0 times in {hunk.File}, not once; the source has moved on", Assert.Throws<FormatException>(gone.Sources).Message);
    }

    [Fact]
    public void A_before_that_stands_twice_is_refused()
    {
        var wrong = WrongRuns.Find("stoppers-first");
        var vague = wrong with { Hunks = [wrong.Hunks[0] with { Before = "Pass(trigger, Role." }] };
        Assert.Equal("wrong:stoppers-first: a 'before' stands 2 times in Trigger.cs, not once; the source has moved on", Assert.Throws<FormatException>(vague.Sources).Message);
    }

    // Edits are written against a text; that a row has become an argument there does not concern them.
    [Fact]
    public void Rows_are_labels()
    {
        var wrong = WrongRuns.Find("stoppers-first");
        var source = Labelled("Event? owner = seen?.Trigger;\n        var held = owner is not null && owner.IsLive(); // M30\n").Sources()["Linking.cs"];
        Assert.Contains("Trigger;\n        var held = false;\n        return !trigger.IsLive(Row.M31)", Labelled("var held = owner is not null && owner.IsLive(); // M30\n", "var held = false;\n").Sources()["Linking.cs"], StringComparison.Ordinal);
        Assert.Contains("LoadAcquire(Row.M29)", source, StringComparison.Ordinal);
        Assert.Contains("void Changed", Labelled("public bool IsLive() => !LoadWord().IsDead;", "void Changed() { }", "Event.cs").Sources()["Event.cs"], StringComparison.Ordinal);

        // What stands once with its row stands twice without.
        Assert.Equal(1, Labelled("holder.IsLive(Row.M35)").Sources().Count(one => one.Value.Contains("after", StringComparison.Ordinal) && one.Key == "Linking.cs"));
        Assert.Contains("stands 2 times", Assert.Throws<FormatException>(Labelled("slot.StoreRelease(Link.Tombstone); // M63\n").Sources).Message, StringComparison.Ordinal);
        Assert.Contains("stands 0 times", Assert.Throws<FormatException>(Labelled("holder.IsLive(Row.M36)").Sources).Message, StringComparison.Ordinal);
        Assert.Contains("stands 0 times", Assert.Throws<FormatException>(Labelled("holder.IsLive(other)").Sources).Message, StringComparison.Ordinal);

        WrongSubject Labelled(string before, string after = "after", string file = "Linking.cs") => wrong with { Hunks = [new Hunk(file, before, after)] };
    }

    [Fact]
    public void The_old_name_of_a_dialect_is_understood() =>
        Assert.Equal("x == Dialect.Patch2011\n", WrongSubject.Parse("old", "summary s\nbreaks 2.4\nfile A.cs\nbefore\nx == Dialect.Rfc2011\nafter\ny\nend\n").Hunks[0].Before);

    [Fact]
    public void An_edit_of_a_file_that_is_gone_is_refused()
    {
        var wrong = WrongRuns.Find("stoppers-first");
        var lost = wrong with { Hunks = [wrong.Hunks[0] with { File = "Gone.cs" }] };
        Assert.Equal("wrong:stoppers-first edits Gone.cs, which is not there", Assert.Throws<FormatException>(lost.Sources).Message);
    }

    [Fact]
    public void What_does_not_compile_is_refused_by_name()
    {
        var wrong = WrongRuns.Find("stoppers-first");
        var broken = wrong with { Hunks = [wrong.Hunks[0] with { After = "Pass(trigger" }] };
        var folder = Directory.CreateTempSubdirectory("perfmodel-tests-");
        try
        {
            Assert.StartsWith("wrong:stoppers-first does not compile: Trigger.cs", Assert.Throws<StillbornException>(() => WrongCompiler.Compile(broken, folder.FullName)).Message, StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void What_was_compiled_is_kept_until_the_program_is_another()
    {
        var (wrong, kept) = (WrongRuns.Find("stoppers-first"), WrongRuns.NewFolder());
        var older = Directory.CreateDirectory(Path.Combine(kept, "older")).FullName;
        var path = WrongCompiler.Assembly(wrong, WrongRuns.NewFolder(), kept);
        Assert.StartsWith(kept, path, StringComparison.Ordinal);
        Assert.False(Directory.Exists(older));
        Assert.Equal([path], Directory.EnumerateFiles(Path.GetDirectoryName(path)!));
        var written = File.GetLastWriteTimeUtc(path);
        Assert.Equal((path, written), (WrongCompiler.Assembly(wrong, "/nowhere/at/all", kept), File.GetLastWriteTimeUtc(path)));
    }

    [Fact]
    public void Where_nothing_can_be_kept_it_is_compiled_elsewhere()
    {
        var (elsewhere, kept) = (WrongRuns.NewFolder(), Path.Combine(WrongRuns.NewFolder(), "file"));
        File.WriteAllText(kept, "");
        Assert.Equal(elsewhere, Path.GetDirectoryName(WrongCompiler.Assembly(WrongRuns.Find("stoppers-first"), elsewhere, kept)));
    }

    [Theory]
    [InlineData("summary s\nbreaks 2.4\ncaught rules 100: x\n", "wrong:name: expected 'caught CHECK within N: WORDS'")]
    [InlineData("summary s\nbreaks 2.4\ncaught rules within many: x\n", "wrong:name: expected 'caught CHECK within N: WORDS'")]
    [InlineData("summary s\nbreaks two\n", "wrong:name: two is no rule")]
    [InlineData("summary s\nbreaks 2.4\nfile A.cs\nbefore\nx\n", "wrong:name: the line 'after' is missing")]
    [InlineData("summary s\nbreaks 2.4\nfile A.cs\nbefore\nx\nafter\ny\n", "wrong:name: the line 'end' is missing")]
    [InlineData("breaks 2.4\n", "wrong:name: one line 'summary' is needed")]
    [InlineData("summary s\nbreaks 2.4\nbreaks 2.5\n", "wrong:name: one line 'breaks' is needed")]
    [InlineData("summary s\nclass c\nclass d\nbreaks 2.4\n", "wrong:name: one line 'class' is needed")]
    [InlineData("summary s\nbreaks 2.4\nbefore\nx\nafter\ny\nend\n", "wrong:name: a 'before' without a file")]
    [InlineData("summary s\nbreaks 2.4\nsumary t\n", "wrong:name: 'sumary' is no line of an edit")]
    public void A_malformed_edit_is_refused(string text, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => WrongSubject.Parse("name", text)).Message);
}
