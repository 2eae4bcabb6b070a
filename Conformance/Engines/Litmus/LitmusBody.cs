// What the threads of a litmus test do, on many instances at once; for programs of the text grammar.
using System.Collections.Immutable;
using PerfModel.Conformance.Histories;
using PerfModel.Conformance.Subjects;
using PerfModel.Conformance.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Litmus;

/// <summary>
/// Many instances of one litmus test. Nothing of it may order the accesses of a thread: no lock, no fence, no stamp. One exception is
/// left: an Open within a thread notes its handle in a <see cref="HandleNames"/>, which locks; the calls behind it are ordered with it.
/// </summary>
internal abstract class LitmusBody
{
    /// <summary>How many threads it takes.</summary>
    public abstract int Threads { get; }

    /// <summary>Makes room for so many instances. No thread runs.</summary>
    public abstract void Allocate(int instances);

    /// <summary>Makes an instance anew: the threads do so in turn, so that it lies in the cache of each as often as in those of the others.</summary>
    public abstract void Prepare(int instance);

    /// <summary>What a thread does to an instance. It throws nothing.</summary>
    public abstract void Run(int thread, int instance);

    /// <summary>What came of an instance, asked once. No thread runs.</summary>
    public abstract string Outcome(int instance);
}

/// <summary>The threads of a program, on systems of their own.</summary>
internal sealed class ProgramBody(Program program, Func<Declaration, ISubject> create) : LitmusBody
{
    private readonly Declaration _declaration = program.DeclarationIn(program.Dialect ?? Dialect.Patch2011);
    private readonly Operation[][] _calls = [.. program.Threads.Select(thread => thread.Lines.Select(line => line.Operation).ToArray())];
    private readonly Result[][][] _results = [.. program.Threads.Select(_ => Array.Empty<Result[]>())];
    private readonly Dictionary<Answers, string> _texts = [];
    private ISubject[] _subjects = [];
    private Exception?[] _threw = [];

    public override int Threads => _calls.Length;

    public override void Allocate(int instances)
    {
        (_subjects, _threw) = (new ISubject[instances], new Exception?[instances]);
        for (var thread = 0; thread < Threads; thread++)
        {
            if (_results[thread].Length != instances) _results[thread] = [.. Enumerable.Range(0, instances).Select(_ => new Result[_calls[thread].Length])];
        }
    }

    public override void Prepare(int instance)
    {
        _subjects[instance] = create(_declaration);
        foreach (var line in program.Setup) _subjects[instance].Apply(line.Operation);
    }

    public override void Run(int thread, int instance)
    {
        var subject = _subjects[instance];
        var calls = _calls[thread];
        var results = _results[thread][instance];
        try
        {
            for (var i = 0; i < calls.Length; i++) results[i] = subject.Apply(calls[i]);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // An exception is an outcome that no order of steps gives.
            _threw[instance] = e;
        }
    }

    public override string Outcome(int instance)
    {
        if (_threw[instance] is { } threw) return $"threw {Quoted.Thrown(threw)}";
        Answers answers = new([.. _results.SelectMany(results => results[instance]), .. program.After.Select(line => _subjects[instance].Apply(line.Operation))]);
        // Most instances show what another one has shown.
        if (!_texts.TryGetValue(answers, out var text))
            _texts.Add(answers, text = new ProgramOutcome([.. _results.Select(results => results[instance].ToImmutableArray())], [.. answers.All.Skip(_calls.Sum(calls => calls.Length))]).ToString());
        return text;
    }

    private readonly record struct Answers(Result[] All)
    {
        public bool Equals(Answers other) => All.AsSpan().SequenceEqual(other.All);

        public override int GetHashCode()
        {
            var hash = default(HashCode);
            foreach (var result in All) hash.Add(result);
            return hash.ToHashCode();
        }
    }
}
