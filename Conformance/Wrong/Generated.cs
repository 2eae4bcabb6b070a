// The wrong subjects that a program makes, by name; and why some of them are not to be found.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis.Text;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Wrong;

/// <summary>Mutants of the implementation and of the model's step.</summary>
internal static class Generated
{
    private static readonly Lazy<ImmutableArray<WrongSubject>> Made = new(Make);

    private static readonly Lazy<ImmutableDictionary<string, string>> Reasons = new(() => Embedded.Text("survivors", typeof(Generated).Assembly)
        .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(line => !line.StartsWith('#'))
        .Select(line => line.Split(": ", 2)).ToImmutableDictionary(parts => parts[0], parts => parts is [_, var reason] ? reason : throw new FormatException($"survivors: '{Quoted.Short(parts[0])}' has no reason")));

    /// <summary>All of them; of some it turns out only when they are asked for that they do not compile, and are none.</summary>
    public static ImmutableArray<WrongSubject> All => Made.Value;

    /// <summary>Why a mutant is not found: by the name of the mutant.</summary>
    public static ImmutableDictionary<string, string> Survivors => Reasons.Value;

    private static ImmutableArray<WrongSubject> Make()
    {
        var all = ImmutableArray.CreateBuilder<WrongSubject>();
        var taken = new Dictionary<string, int>();
        Add(AccessMutations.Of(Sources(WrongSubject.Implementation)), ofModel: false);
        Add(GuardMutations.Of(Sources(WrongSubject.Model)), ofModel: true);
        return all.ToImmutable();

        void Add(IEnumerable<Mutation> mutations, bool ofModel)
        {
            foreach (var mutation in mutations)
            {
                var name = $"{mutation.Unit}-{mutation.Operator}";
                var number = taken[name] = taken.GetValueOrDefault(name) + 1;
                all.Add(Subject(number == 1 ? name : FormattableString.Invariant($"{name}-{number}"), mutation, ofModel));
            }
        }
    }

    private static IEnumerable<(string File, string Text)> Sources(string folder) =>
        Embedded.Names(folder, typeof(Generated).Assembly).Order(StringComparer.Ordinal).Select(name => (name[folder.Length..], Embedded.Text(name, typeof(Generated).Assembly)));

    private static WrongSubject Subject(string name, Mutation mutation, bool ofModel)
    {
        var text = Embedded.Text($"{(ofModel ? WrongSubject.Model : WrongSubject.Implementation)}{mutation.File}", typeof(Generated).Assembly);
        var line = SourceText.From(text).Lines.GetLinePosition(mutation.Span.Start).Line + 1;
        var changed = $"{text[..mutation.Span.Start]}{mutation.Text}{text[mutation.Span.End..]}";
        var was = string.Join(' ', text[mutation.Span.Start..mutation.Span.End].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return new WrongSubject(name, FormattableString.Invariant($"{mutation.File}:{line}, {mutation.Operator}: {was}"), mutation.Rules, [], [new Hunk(mutation.File, text, changed)])
        {
            Kind = WrongSubject.Generated,
            Class = mutation.Operator,
            IsOfModel = ofModel,
            Added = ofModel ? [] : ImmutableDictionary<string, string>.Empty.Add("Torn.cs", AccessMutations.Helper),
        };
    }
}
