// An assembly of the user's is rewritten with those of its neighbours that are the user's too: a race is found in either, and what conforms conforms.
using PerfModel.Conformance.Tests.Command;
using Xunit;

namespace PerfModel.Conformance.Tests.Child;

public sealed class ExploredTests : IDisposable
{
    // Two that come at once may both be told that they are the first, through a plain field and nothing else.
    private const string Neighbour = "public class Turnstile { private int _inside; public bool Enter() { if (_inside != 0) return false; _inside = 1; return true; } public void Leave() => _inside = 0; }";

    private const string User = """
        using PerfModel.Conformance.Subjects;
        using PerfModel.Model;
        public sealed class Mine(Declaration declaration) : ISubject
        {
            private readonly object _lock = new();
            private readonly Turnstile _turnstile = new();
            private readonly ModelSubject _right = new(declaration);

            // A lock of its own making, and an answer that shows when it held nobody back.
            public Result Apply(Operation operation)
            {
                var seen = SEEN;
                return seen ?? _right.Apply(operation);
            }

            private Result? Both()
            {
                if (!_turnstile.Enter()) return null;
                var second = !_turnstile.Enter();
                _turnstile.Leave();
                return second ? null : Result.Of(Errno.EAGAIN);
            }

            private Result? Locked() { lock (_lock) return Both(); }
        }
        """;

    private readonly Cli _cli = new();

    public void Dispose() => _cli.Dispose();

    [LongFact]
    public void A_race_in_a_neighbour_is_found_and_replays()
    {
        Compile("Races", "Both()");
        var explore = _cli.Run("explore", "close-vs-close", "--subject", "assembly:Races.dll", "--iterations", "500", "--json").Exits(1);
        Schemas.Valid("explore", explore);
        var failure = Assert.Single(explore.Json.GetProperty("failures").EnumerateArray());
        Assert.Contains("EAGAIN", failure.GetProperty("page").GetString(), StringComparison.Ordinal);
        var replay = _cli.Replay(failure.GetProperty("file").GetString()!, "--json").Exits(1);
        Assert.Equal("schedule", replay.Json.GetProperty("means").GetString());
        Assert.Equal("assembly:Races.dll", replay.Json.GetProperty("subject").GetString());

        // What was found in the one can be tried on the other.
        Compile("Locks", "Locked()");
        _cli.Run("explore", "close-vs-close", "--subject", "assembly:Locks.dll,Mine", "--iterations", "300").Exits(0);
    }

    [Fact]
    public void A_sequence_of_one_replays_on_another()
    {
        Fixture.Compile(_cli.Folder, "Wrong", Fixture.Subject("if (operation is Operation.Close && calls > 20) return Result.Of(Errno.EBUSY);"));
        Fixture.Compile(_cli.Folder, "Right", Fixture.Subject(""));
        _cli.Run("run", "--subject", "assembly:Wrong.dll", "--checks", "random", "--dialect", "Amended", "--seconds", "2").Exits(1);
        var file = _cli.Saved("assembly-Wrong-dll-random-Amended");
        Assert.Equal("assembly:Right.dll conforms: the saved sequence was run again\n", _cli.Run("replay", file, "--subject", "assembly:Right.dll").Exits(0).Out);
        Assert.Equal("lockfree conforms: the saved sequence was run again\n", _cli.Run("replay", file, "--subject", "lockfree").Exits(0).Out);
    }

    private void Compile(string name, string seen)
    {
        var neighbour = Path.Combine(_cli.Folder, Fixture.Compile(_cli.Folder, "Neighbour", Neighbour));
        Fixture.Compile(_cli.Folder, name, User.Replace("SEEN", seen, StringComparison.Ordinal), [neighbour, .. Fixture.Ours]);
    }
}
