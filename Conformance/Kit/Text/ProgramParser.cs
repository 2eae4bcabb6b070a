// Reads documents of the text grammar; says where and why when it cannot.
using System.Collections.Immutable;
using System.Globalization;
using PerfModel.Model;

namespace PerfModel.Conformance.Text;

/// <summary>Parses files of documents.</summary>
public static class ProgramParser
{
    /// <summary>The longest file that is read, in characters.</summary>
    public const int MaxLength = 16 << 20;

    private const int MaxThreads = 26;

    // Enough to bring a count to its highest with the largest Ticks (rule 4.6).
    private const int MaxTimes = 1 << 22;

    /// <summary>
    /// Reads a file's one document. A text that does not begin with a line <c>perfmodel N</c> is a bare program, without header or <c>end</c>.
    /// </summary>
    /// <exception cref="ProgramException">The text is not of the grammar, or holds more than one document.</exception>
    public static Program ParseOne(string text, string file) => ParseAll(text, file) switch
    {
        [var document] => document,
        var many => throw new ProgramException($"{file}: one document was expected, {many.Length} found"),
    };

    /// <summary>Reads a file's documents, one or more.</summary>
    /// <exception cref="ProgramException">The text is not of the grammar.</exception>
    public static ImmutableArray<Program> ParseAll(string text, string file)
    {
        if (text.Length > MaxLength) throw new ProgramException($"{file}: longer than {MaxLength} characters");
        if (text.Contains('\0', StringComparison.Ordinal)) throw new ProgramException($"{file}: a binary file, not a text");
        var reader = new Reader(text, file);
        var documents = ImmutableArray.CreateBuilder<Program>();
        if (!reader.Next()) throw new ProgramException($"{file}: empty");
        if (!reader.Line.StartsWith("perfmodel", StringComparison.Ordinal))
        {
            documents.Add(new Body(reader, bare: true).Parse());
            return documents.ToImmutable();
        }

        do
        {
            if (reader.Line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is not ["perfmodel", var version]
                || !int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                throw reader.Error("expected 'perfmodel 1'");
            if (number != Program.Version)
                throw reader.Error($"a document of version {number}; this program reads version {Program.Version}{(number > Program.Version ? ": a newer perfmodel wrote it" : "")}");
            documents.Add(new Body(reader, bare: false).Parse());
        }
        while (reader.Next());
        return documents.ToImmutable();
    }

    /// <summary>Lines without comments and blanks, and where they stand.</summary>
    private sealed class Reader(string text, string file)
    {
        private readonly string[] _lines = text.ReplaceLineEndings("\n").Split('\n');
        private int _number;

        public string Line { get; private set; } = "";

        public bool Next(bool raw = false)
        {
            while (_number < _lines.Length)
            {
                var line = _lines[_number++];
                Line = (raw ? line : WithoutComment(line)).Trim();
                if (raw || Line.Length > 0) return true;
            }

            return false;
        }

        // The answer "ok #5" is a place where # starts no comment; another is the middle of a word in a header, as in C#/bin.
        private static string WithoutComment(string line)
        {
            var words = HeaderText.Are(line.TrimStart());
            for (var at = line.IndexOf('#', StringComparison.Ordinal); at >= 0; at = line.IndexOf('#', at + 1))
                if (words ? HeaderText.IsBlank(line[at - 1]) : !line.AsSpan(0, at).EndsWith("-> ok ") && !line.AsSpan(0, at).EndsWith("returns ok ")) return line[..at];
            return line;
        }

        /// <summary>The number of the line, from 1.</summary>
        public int Number => _number;

        public ProgramException Error(string reason, int? number = null) => new(FormattableString.Invariant($"{file}:{number ?? _number}: {reason}"));
    }

    /// <summary>One document, after its first line.</summary>
    private sealed class Body(Reader reader, bool bare)
    {
        private readonly List<Line> _setup = [];
        private readonly List<List<Line>> _threads = [];
        private readonly List<Line> _after = [];
        private readonly List<HistoryEvent> _events = [];
        private readonly HashSet<Handle> _shared = [];
        private readonly List<HashSet<Handle>> _own = [];
        private readonly Dictionary<int, bool> _underWay = [];
        private readonly List<string> _schedule = [];
        private readonly HashSet<string> _headers = [];
        private Program _document = new();
        private string _section = "setup";
        private bool _hasHistory;
        private int? _repeated;

        public Program Parse()
        {
            var more = bare || reader.Next();
            while (more && (bare || reader.Line != "end"))
            {
                try
                {
                    Read(reader.Line);
                }
                catch (ProgramException e)
                {
                    throw reader.Error(e.Message);
                }

                more = reader.Next(raw: _section == "schedule");
            }

            if (!bare && !more) throw reader.Error("cut off: 'end' is missing");
            if (_repeated is { } number && (_threads.Count > 0 || _events.Count > 0)) throw reader.Error("'times' is for sequences, not for programs with threads", number);
            return _document with
            {
                Setup = [.. _setup],
                Threads = [.. _threads.Select(lines => new ProgramThread([.. lines]))],
                After = [.. _after],
                History = _hasHistory ? [.. _events] : default,
                Schedule = _section == "schedule" ? [.. _schedule] : default,
            };
        }

        private void Read(string line)
        {
            if (_section == "schedule")
            {
                _schedule.Add(line);
                return;
            }

            switch (line.Split(' ', 2, StringSplitOptions.TrimEntries))
            {
                case ["thread", var name] when !name.Contains('(', StringComparison.Ordinal):
                    if (_threads.Count == MaxThreads || name != ProgramThread.Name(_threads.Count) || _section is not ("setup" or "thread"))
                        throw new ProgramException("threads are named A, B, C… in order, after the setup");
                    _threads.Add([]);
                    _own.Add([]);
                    _section = "thread";
                    break;
                case ["after" or "history" or "schedule"]:
                    if (string.CompareOrdinal(Order(line), Order(_section)) <= 0) throw new ProgramException($"'{line}' is out of place");
                    // Only 'end' ends a schedule: whatever else its lines say, they are its own.
                    if (bare && line == "schedule") throw new ProgramException($"a schedule needs the first line 'perfmodel {Program.Version}'");
                    _section = line;
                    _hasHistory |= line == "history";
                    break;
                case [var key, var value] when _section == "setup" && _setup.Count == 0 && IsKey(key):
                    if (bare) throw new ProgramException($"a header line needs the first line 'perfmodel {Program.Version}'");
                    if (!_headers.Add(key)) throw new ProgramException($"a second '{key}'");
                    ReadHeader(key, value);
                    break;
                default:
                    if (_section == "history") ReadEvent(line);
                    else ReadLine(line);
                    break;
            }
        }

        private static string Order(string section) => section switch { "setup" => "0", "thread" => "1", "after" => "2", "history" => "3", _ => "4" };

        private static bool IsKey(string key) => key is "title" or "rules" or "dialect" or "declare" or "subject" or "check" or "strategy" or "seed" or "verdict";

        private void ReadHeader(string key, string value) => _document = key switch
        {
            "title" => _document with { Title = HeaderText.Read(value) },
            "rules" => _document with { Rules = [.. value.Split(',').Select(Rule)] },
            // By name only: Enum would also read numbers, and lists as sums.
            "dialect" when Current(value) is var name && Enum.GetNames<Dialect>().Contains(name) && Enum.Parse<Dialect>(name) is var dialect =>
                _document with { Dialect = dialect, Declaration = _document.Declaration with { Dialect = dialect } },
            "dialect" => throw new ProgramException($"there is no dialect '{Quoted.Short(value)}'; there are Patch2011, Amended and Linux613"),
            "declare" => _document with { Declaration = value.Split(',').Aggregate(_document.Declaration, Declare) },
            "subject" => _document with { Subject = HeaderText.Read(value) },
            "check" => _document with { Check = HeaderText.Read(value) },
            "strategy" => _document with { Strategy = HeaderText.Read(value) },
            "seed" when ulong.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed) => _document with { Seed = seed },
            "seed" => throw new ProgramException($"'{Quoted.Short(value)}' is not a seed"),
            "verdict" when Enum.GetValues<Verdict>().Where(verdict => verdict != Verdict.Partial && verdict.HistoryWord() == value).ToArray() is [var verdict] => _document with { Verdict = verdict },
            _ => throw new ProgramException($"'{Quoted.Short(value)}' is not a {key}"),
        };

        // Files of grammar 1 that were saved before 0.2 call the posted patch's dialect by the number of an unrelated document.
        private static string Current(string dialect) => dialect == "Rfc2011" ? nameof(Dialect.Patch2011) : dialect;

        private static RuleId Rule(string text) =>
            RuleId.TryParse(text.Trim(), out var rule) ? rule : throw new ProgramException($"'{Quoted.Short(text.Trim())}' is not the number of a rule");

        private static Declaration Declare(Declaration declaration, string part)
        {
            if (part.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var what, var text]
                && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= 1 << 20 && number >= (what == "cpus" ? 0 : 1))
            {
                switch (what)
                {
                    case "handles": return declaration with { Handles = number };
                    case "roots": return declaration with { Roots = number, Tasks = Math.Max(number, declaration.Tasks) };
                    case "tasks" when number >= declaration.Roots: return declaration with { Tasks = number };
                    case "cpus": return declaration with { Cpus = number };
                }
            }

            throw new ProgramException($"'{Quoted.Short(part.Trim())}' is not a declaration: handles N, roots N and tasks N from 1, cpus N from 0, tasks not below roots");
        }

        private void ReadLine(string line)
        {
            var (call, answer) = line.Split("->", 2, StringSplitOptions.TrimEntries) is [var left, var right] ? (left, right) : (line, null);
            var times = 1;
            if (call.Split(" times ", 2, StringSplitOptions.TrimEntries) is [var number, var repeated])
            {
                if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out times) || times is < 1 or > MaxTimes)
                    throw new ProgramException($"'{Quoted.Short(number)}' times: expected 1 to {MaxTimes}");
                if (_section != "setup" || repeated.Contains('=', StringComparison.Ordinal)) throw new ProgramException("only what a sequence calls can be repeated, and no Open");
                call = repeated;
                if (times > 1) _repeated ??= reader.Number;
            }

            var operation = OperationParser.Operation(call);
            CheckNames(operation, _section == "thread" ? _own[^1] : null);
            (_section switch { "setup" => _setup, "thread" => _threads[^1], _ => _after })
                .Add(new Line(operation, answer is null ? null : OperationParser.Result(answer), times));
        }

        // A thread knows the handles of the setup and its own: another thread's may not have been issued yet.
        private void CheckNames(Operation operation, HashSet<Handle>? own)
        {
            foreach (var used in operation.Uses)
            {
                if (used == Handle.Invalid || _shared.Contains(used)) continue;
                if (own is null ? _own.Any(set => set.Contains(used)) : own.Contains(used)) continue;
                throw new ProgramException(own is null ? $"{used} is used before it is opened" : $"{used} is not opened in the setup or before in this thread");
            }

            if (operation is not Operation.Open open) return;
            if (open.Name == Handle.Invalid || _own.Any(set => set.Contains(open.Name)) || !(own ?? _shared).Add(open.Name) || (own is not null && _shared.Contains(open.Name)))
                throw new ProgramException($"{open.Name} is opened twice; a handle is issued once");
        }

        private void ReadEvent(string line)
        {
            if (line.Length < 2 || line[0] is < 'A' or > 'Z') throw new ProgramException("a line of a history starts with the name of a thread, A to Z");
            var thread = line[0] - 'A';
            var busy = _underWay.GetValueOrDefault(thread);
            if (line[1] == ':')
            {
                if (line[2..].Split("->", 2, StringSplitOptions.TrimEntries) is not [var call, var answer]) throw new ProgramException("expected 'A: operation -> result'");
                Add(call, answer);
            }
            else if (line[1..].Trim() is var rest && rest.StartsWith("calls ", StringComparison.Ordinal)) Add(rest["calls ".Length..], null);
            else if (rest.StartsWith("returns ", StringComparison.Ordinal)) Add(null, rest["returns ".Length..]);
            else throw new ProgramException("expected 'A calls operation', 'A returns result' or 'A: operation -> result'");

            void Add(string? call, string? answer)
            {
                if (busy == call is not null) throw new ProgramException($"thread {line[0]} has {(busy ? "a call under way already" : "no call under way")}");
                if (call is not null) _events.Add(new(thread, OperationParser.Operation(call), null));
                if (answer is not null) _events.Add(new(thread, null, OperationParser.Result(answer)));
                _underWay[thread] = answer is null;
            }
        }
    }
}
