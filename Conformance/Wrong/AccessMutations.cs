// The mutants of the implementation: what goes wrong where threads meet. One of each kind at each place, whatever stands there.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace PerfModel.Conformance.Wrong;

/// <summary>
/// At each interlocked access: it is torn into a load and a store; it stores without looking; its failure is taken for a success, so that nobody tries again.
/// At each condition that asks shared state: it always holds, or never. Each store and each call that stores and is asked for nothing is left out; and two
/// such statements that follow each other change places.
/// </summary>
internal static class AccessMutations
{
    /// <summary>What torn accesses are made of.</summary>
    public const string Helper =
        """
        using System.Threading;

        namespace PerfModel.Implementation;

        public partial class PerfEvents<THook>
        {
            private static long Torn(ref SharedLong at, long value, long expected, Row row)
            {
                var there = at.LoadAcquire(row);
                if (there == expected) at.StoreRelease(value, row);
                return there;
            }

            private static T? Torn<T>(ref SharedReference<T> at, T? value, T? expected, Row row)
                where T : class
            {
                T? there = at.LoadAcquire(row);
                if (there == expected) at.StoreRelease(value, row);
                return there;
            }

            private static long Blind(ref SharedLong at, long value, long expected, Row row)
            {
                at.StoreRelease(value, row);
                return expected;
            }

            private static T? Blind<T>(ref SharedReference<T> at, T? value, T? expected, Row row)
                where T : class
            {
                at.StoreRelease(value, row);
                return expected;
            }

            private static long TornAdd(ref SharedLong at, long amount, Row row)
            {
                var sum = at.LoadAcquire(row) + amount;
                at.StoreRelease(sum, row);
                return sum;
            }
        }
        """;

    private static readonly ImmutableHashSet<string> Accessors = ["LoadAcquire", "StoreRelease", "CompareExchange", "Exchange", "Add"];
    private static readonly ImmutableHashSet<string> LeftOut = ["Shared.cs", "SchedulingHook.cs", "PerfEventsOptions.cs", "Values.cs", "EventWord.cs", "AtRest.cs", "LockFreeSubject.cs", "CoroutineSubject.cs", "HookedSubject.cs", "InspectedSubject.cs"];

    /// <summary>All of them, in the order of files and places.</summary>
    /// <param name="sources">The implementation's sources, by file name.</param>
    public static IEnumerable<Mutation> Of(IEnumerable<(string File, string Text)> sources)
    {
        var roots = sources.Where(source => !LeftOut.Contains(source.File)).Select(source => (source.File, Root: CSharpSyntaxTree.ParseText(source.Text).GetRoot())).ToList();
        var touching = Touching(roots.Select(source => source.Root));
        return roots.SelectMany(source => Of(source.File, source.Root, touching, roots.Select(other => other.Root)));
    }

    private static IEnumerable<Mutation> Of(string file, SyntaxNode root, HashSet<string> touching, IEnumerable<SyntaxNode> all)
    {
        foreach (var call in root.DescendantNodes().OfType<InvocationExpressionSyntax>())
        {
            if (call.Expression is not MemberAccessExpressionSyntax { Name.Identifier.Text: "CompareExchange" or "Add" } access || RowOf(call) is not { } row) continue;
            var (at, arguments) = (access.Expression.ToString(), call.ArgumentList.Arguments.ToString());
            var kinds = access.Name.Identifier.Text == "Add" ? (string[])["TornAdd"] : ["Torn", "Blind"];
            // A method that is told its row makes the access for each of its callers.
            foreach (var of in row == "row" ? RowsOf(Mutation.NameOf(Mutation.MemberOf(call)), all) : [row])
            {
                foreach (var kind in kinds)
                {
                    var changed = $"{kind}(ref {at}, {arguments})";
                    yield return Changed(of, kind == "Blind" ? "blind" : "torn", call, row == "row" ? $"(row == Row.{of} ? {changed} : {call})" : changed);
                }
            }
        }

        // What says whether an interlocked access succeeded.
        foreach (var node in root.DescendantNodes().OfType<ExpressionSyntax>())
        {
            if (node is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.EqualsExpression or (int)SyntaxKind.NotEqualsExpression, Left: InvocationExpressionSyntax compared } comparison && IsExchange(compared) && RowOf(compared) is { } row && row != "row")
                yield return Changed(row, "heedless", node, comparison.IsKind(SyntaxKind.EqualsExpression) ? $"(({node}) | true)" : $"(({node}) & false)");
            else if (node is IsPatternExpressionSyntax { Expression: InvocationExpressionSyntax asked } && IsExchange(asked) && RowOf(asked) is { } ofPattern)
                yield return Changed(ofPattern, "heedless", node, $"(({node}) | true)");
            else if (node is InvocationExpressionSyntax tried && Called(tried) is "TryChange" or "TryReplace" && node.Parent is not ExpressionStatementSyntax)
                yield return Changed(RowOf((InvocationExpressionSyntax)node) is { } told && told != "row" ? told : Place(node), "heedless", node, $"({node} | true)");
        }

        foreach (var atom in Mutation.Conditions(root))
        {
            if (!Touches(atom) || atom.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().Any(call => IsExchange(call) || Called(call) is "TryChange" or "TryReplace")) continue;
            // A loop without an end is a mutant that everything finds, and waits for.
            if (!Repeats(atom)) yield return Changed(Place(atom), "always", atom, "true");
            yield return Changed(Place(atom), "never", atom, "false");
        }

        foreach (var statement in root.DescendantNodes().OfType<ExpressionStatementSyntax>())
            if (statement.Expression is InvocationExpressionSyntax && Touches(statement)) yield return Changed(Place(statement), "omitted", statement, ";");

        foreach (var block in root.DescendantNodes().OfType<BlockSyntax>())
        {
            for (var i = 0; i + 1 < block.Statements.Count; i++)
            {
                var (first, second) = (block.Statements[i], block.Statements[i + 1]);
                if (!Touches(first) || !Touches(second) || Leaves(first) || Leaves(second)) continue;
                yield return new Mutation(Place(first), "swapped", file, TextSpan.FromBounds(first.SpanStart, second.Span.End), $"{second} {first}", []);
            }
        }

        Mutation Changed(string unit, string how, SyntaxNode node, string text) => new(unit, how, file, node.Span, text, []);

        string Place(SyntaxNode node) => $"{Path.GetFileNameWithoutExtension(file)}.{Mutation.NameOf(Mutation.MemberOf(node))}";

        bool Touches(SyntaxNode node) => node.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().Any(call => IsAccess(call) || touching.Contains(Called(call) ?? ""));
    }

    private static bool Repeats(ExpressionSyntax atom)
    {
        var decided = atom.Ancestors().FirstOrDefault(node => node is StatementSyntax);
        return decided is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or IfStatementSyntax { Statement: ContinueStatementSyntax };
    }

    private static bool Leaves(StatementSyntax statement) => statement.DescendantNodesAndSelf().Any(node => node is ReturnStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax);

    private static bool IsExchange(InvocationExpressionSyntax call) => Called(call) == "CompareExchange";

    private static bool IsAccess(InvocationExpressionSyntax call) => Accessors.Contains(Called(call) ?? "") && RowOf(call) is not null;

    private static string? Called(InvocationExpressionSyntax call) => call.Expression switch
    {
        MemberAccessExpressionSyntax member => member.Name.Identifier.Text,
        MemberBindingExpressionSyntax member => member.Name.Identifier.Text,
        SimpleNameSyntax name => name.Identifier.Text,
        _ => null,
    };

    // The last argument: M33 of Row.M33, or row.
    private static string? RowOf(InvocationExpressionSyntax call) => call.ArgumentList.Arguments.LastOrDefault()?.Expression switch
    {
        MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "Row" }, Name: var row } => row.Identifier.Text,
        IdentifierNameSyntax { Identifier.Text: "row" } => "row",
        _ => null,
    };

    private static IEnumerable<string> RowsOf(string method, IEnumerable<SyntaxNode> all) =>
        all.SelectMany(root => root.DescendantNodes().OfType<InvocationExpressionSyntax>()).Where(call => Called(call) == method).Select(RowOf).OfType<string>().Where(row => row != "row").Distinct();

    // By name: a method that is called like one that touches shared state is taken for it. Then a mutant more is made, which differs in nothing that threads share.
    private static HashSet<string> Touching(IEnumerable<SyntaxNode> roots)
    {
        var methods = roots.SelectMany(root => root.DescendantNodes().OfType<MethodDeclarationSyntax>()).ToList();
        var names = new HashSet<string>();
        bool grew;
        do
        {
            grew = false;
            foreach (var method in methods)
                if (!names.Contains(method.Identifier.Text) && method.DescendantNodes().OfType<InvocationExpressionSyntax>().Any(call => IsAccess(call) || names.Contains(Called(call) ?? "")))
                    grew |= names.Add(method.Identifier.Text);
        }
        while (grew);
        return names;
    }
}
