// What a table is made of: rows, their columns, and what is demanded of them.
namespace PerfModel.Benchmarks.Works;

/// <summary>What the numbers of a row are.</summary>
/// <param name="Label">As the table prints it.</param>
/// <param name="Rate">If more is better: how many operations a second are 1. 0 is time per operation.</param>
/// <param name="IsBytes">Whether it is memory, and no time at all.</param>
internal sealed record Unit(string Label, double Rate = 0, bool IsBytes = false)
{
    public static Unit NsPerTarget { get; } = new("ns per target");

    public static Unit Ns { get; } = new("ns");

    public static Unit MillionPairs { get; } = new("M pairs/s", Rate: 1e6);

    public static Unit MillionObjects { get; } = new("M objects/s", Rate: 1e6);

    public static Unit MillionSteps { get; } = new("M steps/s", Rate: 1e6);

    public static Unit MillionStates { get; } = new("M states/s", Rate: 1e6);

    public static Unit ThousandHistories { get; } = new("k histories/s", Rate: 1e3);

    public static Unit ThousandSchedules { get; } = new("k schedules/s", Rate: 1e3);

    public static Unit NsPerEvent { get; } = new("ns per event");

    public static Unit NsPerLink { get; } = new("ns per link");

    public static Unit BytesPerEvent { get; } = new("B per event", IsBytes: true);

    public static Unit BytesPerLink { get; } = new("B per link", IsBytes: true);

    /// <summary>The number that stands in the row for a sample.</summary>
    public double Of(Sample sample) =>
        IsBytes ? sample.Bytes / sample.Operations : Rate > 0 ? sample.Operations / sample.Seconds / Rate : sample.Seconds * 1e9 / sample.Operations;
}

/// <summary>One system, or the floor, in one row.</summary>
/// <param name="Name">One of <see cref="Columns"/>.</param>
/// <param name="Start">Sets it up, ready to be timed.</param>
internal sealed record Column(string Name, Func<Measurement> Start);

/// <summary>A demand on ours: its ratio to another column of the same row, measured in the same rounds; or its bytes.</summary>
/// <param name="To">The name of the column; empty for bytes.</param>
/// <param name="Bound">What is the same as a word and a number: <c>at most 1.6</c>, <c>below 1</c>.</param>
/// <param name="Limit">The number.</param>
internal sealed record Goal(string To, Bound Bound, double Limit)
{
    public static Goal AtMost(double limit, string to) => new(to, Bound.AtMost, limit);

    public static Goal AtLeast(double limit, string to) => new(to, Bound.AtLeast, limit);

    public static Goal Ahead(string of) => new(of, Bound.Below, 1);

    public static Goal Bytes(double limit) => new("", Bound.AtMost, limit);

    public bool IsAboutBytes => To.Length == 0;

    public bool IsMetBy(double value) => Bound switch
    {
        Bound.AtMost => value <= Limit,
        Bound.AtLeast => value >= Limit,
        _ => value < Limit,
    };

    /// <summary>As the table prints it: <c>≤ 1.6 × floor</c>.</summary>
    public override string ToString()
    {
        var sign = Bound switch { Bound.AtMost => "≤", Bound.AtLeast => "≥", _ => "<" };
        return IsAboutBytes ? $"{sign} {Limit} B" : $"{sign} {Limit} × {To}";
    }
}

/// <summary>Which side of its limit a ratio shall be on.</summary>
internal enum Bound
{
    AtMost,
    Below,
    AtLeast,
}

/// <summary>One work at one size.</summary>
/// <param name="Work">What is done.</param>
/// <param name="Targets">How many targets the trigger has; null where that means nothing.</param>
/// <param name="Threads">How many threads do it.</param>
/// <param name="Unit">What the numbers are.</param>
/// <param name="Columns">Who does it.</param>
/// <param name="Goals">What is demanded; none if it is only reported.</param>
internal sealed record Row(string Work, int? Targets, int Threads, Unit Unit, Column[] Columns, Goal[] Goals)
{
    /// <summary>Whether one round is enough, and nothing gets warm: memory, or a child process.</summary>
    public bool Once { get; init; }

    /// <summary>What tells it from every other row.</summary>
    public (string Work, int? Targets, int Threads) Key => (Work, Targets, Threads);

    /// <summary>What <c>--filter</c> is matched with.</summary>
    public string Name
    {
        get
        {
            var name = Targets is { } targets ? $"{Work}, {targets} targets" : Work;
            return Threads > 1 ? $"{name}, {Threads} threads" : name;
        }
    }
}

/// <summary>The names of columns.</summary>
internal static class Columns
{
    public const string Floor = "floor";
    public const string AsPosted = "C, as posted";
    public const string LockAndList = "lock+List";
    public const string ImmutableArrays = "immutable arrays";
    public const string Ours = "ours";
    public const string OursAmended = "ours, Amended";
    public const string OursLinux613 = "ours, Linux613";
    public const string OursWithoutTargets = "ours, 0 targets";
    public const string OursAlone = "ours, 1 thread";

    /// <summary>Those that have a column in the table, in its order; the others are there for a ratio.</summary>
    public static IReadOnlyList<string> InTable { get; } = [Floor, AsPosted, LockAndList, ImmutableArrays, Ours, OursAmended, OursLinux613];
}
