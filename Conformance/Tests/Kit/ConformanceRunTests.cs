// Conformance.Run and Interleavings.Explore as a test of one's own calls them: right and wrong subjects, and a caller's mistakes.
using System.Collections.Immutable;
using PerfModel.Conformance.Checks;
using PerfModel.Conformance.Schedules;
using PerfModel.Conformance.Spec;
using PerfModel.Conformance.Subjects;
using PerfModel.Model;
using Xunit;

namespace PerfModel.Conformance.Tests.Kit;

public sealed class ConformanceRunTests
{
    private static readonly ConformanceOptions Few = new() { Iterations = 60, Dialects = [Dialect.Amended] };

    [Fact]
    public void A_right_subject_conforms()
    {
        var result = Conformance.Run(declaration => new ModelSubject(declaration), Few);
        result.ThrowIfNotConforming();
        Assert.Equal(["rules", "random", "stress"], result.Report.Checks.Select(check => check.Name));
        Assert.All(result.Report.Checks, check => Assert.Equal(RuleVerdict.Pass, check.Verdict));
        Assert.Empty(result.Findings);
    }

    [Fact]
    public void A_hooked_subject_is_explored_in_every_schedule()
    {
        var result = Conformance.Run(declaration => new LockFreeSubject(declaration), Few with { Hooked = declaration => new HookedSubject(declaration) });
        result.ThrowIfNotConforming();
        Assert.Equal(["rules", "random", "schedules", "enumeration", "stress"], result.Report.Checks.Select(check => check.Name));
    }

    [Fact]
    public void A_subject_of_one_thread_claims_no_concurrency() =>
        Assert.Equal(["rules", "random"], Conformance.Run(declaration => new ModelSubject(declaration), Few with { Profiles = ImmutableHashSet<Profile>.Empty }).Report.Checks.Select(check => check.Name));

    [Fact]
    public void A_wrong_subject_fails_with_the_page_and_a_saved_finding()
    {
        var result = Conformance.Run(declaration => new Busy(declaration), Few);
        var thrown = Assert.Throws<ConformanceException>(result.ThrowIfNotConforming);
        Assert.Contains("DOES NOT CONFORM", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("suspects : 2.4 Already linked", thrown.Message, StringComparison.Ordinal);
        var file = result.Findings[0].File!;
        // A private type cannot be made by the command.
        Assert.DoesNotContain("perfmodel replay", thrown.Message, StringComparison.Ordinal);
        var replayable = Conformance.Run(declaration => new PublicBusy(declaration), Few);
        Assert.Contains($"perfmodel replay {Path.GetFullPath(replayable.Findings[0].File!)}", replayable.Page, StringComparison.Ordinal);
        Assert.StartsWith("perfmodel 1\n", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_cancelled_is_inconclusive()
    {
        var result = Conformance.Run(declaration => new ModelSubject(declaration), Few with { Cancelled = new CancellationToken(canceled: true) });
        Assert.Contains("inconclusive", Assert.Throws<ConformanceException>(result.ThrowIfNotConforming).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_caller_is_told_the_fix()
    {
        ISubject shared = new ModelSubject(new Declaration(Dialect.Amended));
        Refused("the function returned null for dialect Amended: return a new system for each declaration", () => Conformance.Run(_ => null!, Few));
        Refused("the function returned the same ModelSubject twice: return a new system for each declaration", () => Conformance.Run(_ => shared, Few));
        Refused("no subject can be made in dialect Amended: NotSupportedException: no Amended; mend the constructor, or leave the dialect out of ConformanceOptions.Dialects", () => Conformance.Run(_ => throw new NotSupportedException("no Amended"), Few));
        Refused("no dialect is claimed: name at least one in ConformanceOptions.Dialects", () => Conformance.Run(declaration => new ModelSubject(declaration), Few with { Dialects = [] }));
        Refused("a budget of 0 is none: ConformanceOptions.Iterations starts at 1", () => Conformance.Run(declaration => new ModelSubject(declaration), Few with { Iterations = 0 }));
        Refused("claim Profile.Concurrency too", () => Conformance.Run(declaration => new ModelSubject(declaration), Few with { Profiles = ImmutableHashSet<Profile>.Empty, Hooked = declaration => new HookedSubject(declaration) }));
        Refused("announced no access to ScheduledAccess in an Open and a Close: is it the hooked one?", () => Conformance.Run(declaration => new ModelSubject(declaration), Few with { Hooked = declaration => new ModelSubject(declaration) }));
        Refused("no profiles are claimed", () => Conformance.Run(declaration => new ModelSubject(declaration), Few with { Profiles = null! }));
        Assert.Throws<ArgumentNullException>(() => Conformance.Run(null!));

        static void Refused(string words, Func<object> run) => Assert.Contains(words, Assert.ThrowsAny<ArgumentException>(run).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_constructor_that_throws_for_some_declaration_is_a_finding()
    {
        var result = Conformance.Run(declaration => declaration.Handles == 1 ? throw new InvalidOperationException("too small") : new ModelSubject(declaration), Few);
        Assert.Contains("the constructor threw InvalidOperationException: too small", Assert.Throws<ConformanceException>(result.ThrowIfNotConforming).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_loads_and_stores_of_one_place_have_four_classes_of_schedules_that_lose_an_update()
    {
        // Of the six orders of two threads of two steps two lose nothing, and no two are equivalent but those that swap the loads, or the stores.
        var sums = new List<long>();
        var report = Interleavings.Explore(() => new Counter(), counter => sums.Add(counter.Value), [counter => counter.AddInTwoSteps(), counter => counter.AddInTwoSteps()]);
        Assert.True(report.IsExhaustive);
        Assert.Equal(report.Schedules, sums.Count);
        Assert.Equal(2, sums.Count(sum => sum == 2));
        Assert.Contains(1, sums);
    }

    [Fact]
    public void A_lost_update_is_found_and_a_short_budget_is_told()
    {
        var lost = Interleavings.Explore(() => new Counter(), counter => Assert.Equal(2, counter.Value), [counter => counter.AddInTwoSteps(), counter => counter.AddInTwoSteps()]);
        Assert.Matches("^schedule [0-9]+, [AB][AB*0-9 ]+: ", Assert.Throws<ConformanceException>(lost.ThrowIfFailed).Message);
        var cut = Interleavings.Explore(() => new Counter(), _ => { }, [counter => counter.AddInTwoSteps(), counter => counter.AddInTwoSteps()], budget: 1);
        Assert.Contains("1 schedules ran, none failed, and there are more", Assert.Throws<ConformanceException>(cut.ThrowIfFailed).Message, StringComparison.Ordinal);
        var endless = Interleavings.Explore(() => new Counter(), _ => { }, [counter => counter.SpinUntil(3), counter => counter.AddInTwoSteps()]);
        Assert.False(endless.IsExhaustive);
        Assert.Contains("schedules were cut off after 4000 accesses: a loop waits for another thread", Assert.Throws<ConformanceException>(endless.ThrowIfFailed).Message, StringComparison.Ordinal);
        Assert.Equal("thread B threw", Interleavings.Explore(() => new Counter(), _ => { }, [counter => counter.AddInTwoSteps(), _ => throw new InvalidOperationException("thread B threw")]).Failure!.Message);
        Assert.Throws<ArgumentException>(() => Interleavings.Explore(() => new Counter(), _ => { }, []));
        Assert.Throws<ArgumentException>(() => Interleavings.Explore(() => (Counter)null!, _ => { }, [_ => { }]));
    }

    [Fact]
    public void Code_that_announces_nothing_is_not_explored()
    {
        var values = new long[1];
        var silent = Interleavings.Explore(() => values, _ => { }, [value => value[0]++, value => value[0]++]);
        Assert.Equal("schedule 1, no access: no thread announced an access to ScheduledAccess.Before", Assert.Throws<ConformanceException>(silent.ThrowIfFailed).Message);
        var half = Interleavings.Explore(() => values, _ => { }, [Half, Half]);
        Assert.Contains("no thread announced a store to ScheduledAccess.Stored", Assert.Throws<ConformanceException>(half.ThrowIfFailed).Message, StringComparison.Ordinal);

        static void Half(long[] value)
        {
            ScheduledAccess.Before(in value[0]);
            value[0]++;
        }
    }

    private sealed class Busy(Declaration declaration) : ISubject
    {
        private readonly PublicBusy _busy = new(declaration);

        public Result Apply(Operation operation) => _busy.Apply(operation);
    }

    private sealed class Counter
    {
        private long _value;

        public long Value => _value;

        public void AddInTwoSteps()
        {
            var value = Load();
            ScheduledAccess.Before(in _value);
            Volatile.Write(ref _value, value + 1);
            ScheduledAccess.Stored();
        }

        public void SpinUntil(long value)
        {
            while (Load() != value)
            {
            }
        }

        private long Load()
        {
            ScheduledAccess.Before(in _value);
            return Volatile.Read(ref _value);
        }
    }
}

/// <summary>Answers EBUSY for EEXIST.</summary>
public sealed class PublicBusy(Declaration declaration) : ISubject
{
    private readonly ModelSubject _model = new(declaration);

    public Result Apply(Operation operation)
    {
        var result = _model.Apply(operation);
        return result.Errno == Errno.EEXIST ? Result.Of(Errno.EBUSY) : result;
    }
}
