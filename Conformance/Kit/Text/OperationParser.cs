// Reads the words of operations and results: the reverse of their ToString.
using System.Globalization;
using PerfModel.Model;

namespace PerfModel.Conformance.Text;

/// <summary>Parses single operations and results; throws <see cref="ProgramException"/> with a reason.</summary>
public static class OperationParser
{
    private static readonly Dictionary<string, Func<Instance, Operation>> OnInstance = new()
    {
        ["ScheduleIn"] = e => new Operation.ScheduleIn(e),
        ["ScheduleOut"] = e => new Operation.ScheduleOut(e),
        ["Throttle"] = e => new Operation.Throttle(e),
        ["Unthrottle"] = e => new Operation.Unthrottle(e),
        ["Overflow"] = e => new Operation.Overflow(e),
        ["Count"] = e => new Operation.CountOf(e),
        ["State"] = e => new Operation.StateOf(e),
        ["Paused"] = e => new Operation.PausedOf(e),
        ["StarterOf"] = e => new Operation.OwnerOf(Role.Starter, e),
        ["StopperOf"] = e => new Operation.OwnerOf(Role.Stopper, e),
        ["Samples"] = e => new Operation.SamplesOf(e),
    };

    private static readonly Dictionary<string, Func<Handle, Operation>> OnEvent = new()
    {
        ["Close"] = e => new Operation.Close(e),
        ["Enable"] = e => new Operation.Enable(e),
        ["Disable"] = e => new Operation.Disable(e),
        ["TotalCount"] = e => new Operation.TotalCount(e),
    };

    // By name only: Enum would also read numbers, and lists as sums ("EBADF,EINVAL" as EEXIST).
    private static readonly Dictionary<string, Errno> Errors =
        Enum.GetValues<Errno>().Where(errno => errno != Errno.None).ToDictionary(errno => errno.ToString());

    /// <summary>Reads <c>SetStarter(p, t)</c>, <c>p = Open(task 0)</c>, …</summary>
    public static Operation Operation(string text)
    {
        var (name, call) = text.Split('=', 2, StringSplitOptions.TrimEntries) is [var left, var right] ? (left, right) : (null, text.Trim());
        var open = call.IndexOf('(', StringComparison.Ordinal);
        if (open <= 0 || !call.EndsWith(')')) throw new ProgramException($"'{Quoted.Short(text)}' is not an operation: expected Verb(arguments)");
        var verb = call[..open].Trim();
        var arguments = call[(open + 1)..^1].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (verb == "Open")
            return new Operation.Open(Handle(name ?? throw new ProgramException("Open needs a name: e = Open(…)")), Attributes(arguments));
        if (name is not null) throw new ProgramException($"only Open binds a name, not {Quoted.Short(verb)}");
        return (verb, arguments) switch
        {
            ("SetStarter", [var p, var t]) => new Operation.SetLink(Role.Starter, Handle(p), Handle(t)),
            ("SetStopper", [var p, var t]) => new Operation.SetLink(Role.Stopper, Handle(p), Handle(t)),
            ("Tick", [var e, var n]) => new Operation.Tick(Instance(e), Number(n)),
            ("Fork", [var task, var child]) => new Operation.Fork(Small(task), Small(child)),
            ("Exit", [var task]) => new Operation.Exit(Small(task)),
            (_, [var e]) when OnEvent.TryGetValue(verb, out var make) => make(Handle(e)),
            (_, [var e]) when OnInstance.TryGetValue(verb, out var make) => make(Instance(e)),
            ("SetStarter" or "SetStopper" or "Tick" or "Fork", _) => throw new ProgramException($"{verb} takes two arguments"),
            _ when verb == "Exit" || OnEvent.ContainsKey(verb) || OnInstance.ContainsKey(verb) => throw new ProgramException($"{verb} takes one argument"),
            _ => throw new ProgramException($"there is no operation '{Quoted.Short(verb)}'"),
        };
    }

    /// <summary>Reads <c>ok</c>, <c>ok 3</c>, <c>EBUSY</c>, …</summary>
    public static Result Result(string text)
    {
        var words = text.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            ["ok"] => Model.Result.Ok,
            ["ok", "ignored"] => Model.Result.Ignored,
            ["ok", "off"] => Model.Result.Of(Activity.Off),
            ["ok", "inactive"] => Model.Result.Of(Activity.Inactive),
            ["ok", "active"] => Model.Result.Of(Activity.Active),
            ["ok", "error"] => Model.Result.Of(Activity.Error),
            ["ok", "open"] => Model.Result.Gate(paused: false),
            ["ok", "paused"] => Model.Result.Gate(paused: true),
            ["ok", "none"] => Model.Result.NoOwner,
            ["ok", var value] when value[0] == '#' => Model.Result.Foreign(Number(value[1..])),
            ["ok", var value] when char.IsAsciiLetter(value[0]) => Model.Result.Owner(Instance(value)),
            ["ok", var value] => Model.Result.Of(Number(value)),
            [var error] when Errors.TryGetValue(error, out var errno) => Model.Result.Of(errno),
            ["error", var value] when Small(value) is var number && !Errors.ContainsValue((Errno)number) => Model.Result.Of((Errno)number),
            _ => throw new ProgramException($"'{Quoted.Short(text)}' is not a result"),
        };
    }

    /// <summary>Reads <c>t</c>, <c>t2</c> or <c>-1</c>.</summary>
    public static Handle Handle(string text)
    {
        if (text == "-1") return Model.Handle.Invalid;
        if (text.Length is 0 or > 7 || text[0] is < 'a' or > 'z') throw new ProgramException($"'{Quoted.Short(text)}' is not a handle: one letter and an optional number, or -1");
        if (text.Length == 1) return Model.Handle.Of(text[0]);
        return text[1] != '0' && int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? Model.Handle.Of(text[0], number)
            : throw new ProgramException($"'{Quoted.Short(text)}' is not a handle: one letter and an optional number, or -1");
    }

    /// <summary>Reads <c>e</c> or <c>e@3</c>.</summary>
    public static Instance Instance(string text) => text.Split('@') switch
    {
        [var e] => Model.Instance.Own(Handle(e)),
        [var e, var task] when int.TryParse(task, NumberStyles.None, CultureInfo.InvariantCulture, out var number) => new Instance(Handle(e), number),
        _ => throw new ProgramException($"'{Quoted.Short(text)}' is not an instance: e, or e@3 for its copy in task 3"),
    };

    private static Attributes Attributes(string[] parts)
    {
        var attributes = new Attributes();
        var seen = new HashSet<string>();
        foreach (var part in parts)
        {
            if (!seen.Add(part.Split(' ')[0])) throw new ProgramException($"Open has '{Quoted.Short(part.Split(' ')[0])}' twice");
            attributes = part.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
            {
                ["task", var n] => attributes with { Task = Small(n) },
                ["cpu", var n] => attributes with { Cpu = Small(n) },
                ["period", var n] => attributes with { Period = Number(n) },
                ["inherit"] => attributes with { Inherit = true },
                ["enabled"] => attributes with { Enabled = true },
                ["paused"] => attributes with { StartPaused = true },
                ["aux"] => attributes with { Aux = true },
                ["leader", var leader] => attributes with { Leader = Handle(leader) },
                ["pauses"] => attributes with { Pauses = true },
                ["resumes"] => attributes with { Resumes = true },
                ["task" or "cpu" or "period"] => throw new ProgramException($"'{part}' needs a number: {part} 1"),
                ["leader"] => throw new ProgramException("'leader' needs a handle: leader t"),
                _ => throw new ProgramException($"Open has no attribute '{Quoted.Short(part)}'"),
            };
        }

        return attributes;
    }

    private static int Small(string text) =>
        Number(text) is var number and >= int.MinValue and <= int.MaxValue ? (int)number : throw new ProgramException($"'{Quoted.Short(text)}' is out of range");

    private static long Number(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new ProgramException($"'{Quoted.Short(text)}' is not a number");
}
