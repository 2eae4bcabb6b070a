// The mutants of the model's step: each guard, each conjunct of one, each effect and each errno, gone or changed. They are run as subjects, one call at a time.
using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Wrong;

/// <summary>
/// An arm of a switch is left out, but the last; two change places; of a conjunction or disjunction, of an expression or a pattern, one side; a bound is moved by one; of a
/// choice one side is taken always; an effect does not come; another errno is answered; a sum is a difference.
/// </summary>
internal static partial class GuardMutations
{
    /// <summary>All of them, in the order of files and places.</summary>
    /// <param name="sources">The model's sources, by file name.</param>
    public static IEnumerable<Mutation> Of(IEnumerable<(string File, string Text)> sources) =>
        from source in sources
        where source.File is "Step.cs" or "StepInheritance.cs" or "StepGroups.cs" or "State.cs"
        let text = SourceText.From(source.Text)
        from node in CSharpSyntaxTree.ParseText(text).GetRoot().DescendantNodes()
        where Mutation.NameOf(Mutation.MemberOf(node)) is not ("Describe" or "ToString" or "Equals" or "GetHashCode" or "Hash" or "First" or "Alone" or "member")
        from change in Changes(node)
        select new Mutation($"model-{Unit(change.At, text)}", change.How, source.File, change.Span, change.Text, RulesOf(change.At, text));

    // Each with the node whose line says of which rule it is.
    private static IEnumerable<(string How, TextSpan Span, string Text, SyntaxNode At)> Changes(SyntaxNode node)
    {
        switch (node)
        {
            case SwitchExpressionSyntax choice:
                foreach (var arm in choice.Arms.SkipLast(1))
                {
                    var after = choice.Arms.GetSeparator(choice.Arms.IndexOf(arm));
                    yield return ("arm", TextSpan.FromBounds(arm.SpanStart, after.Span.End), "", arm);
                }

                // Not the last, behind which nothing is looked at; and not two kinds of a thing, of which it is one.
                for (var i = 0; i + 2 < choice.Arms.Count; i++)
                    if (choice.Arms[i].WhenClause is not null || choice.Arms[i + 1].WhenClause is not null || choice.Arms[i].Pattern is RecursivePatternSyntax { PositionalPatternClause: not null })
                        yield return ("order", TextSpan.FromBounds(choice.Arms[i].SpanStart, choice.Arms[i + 1].Span.End), $"{choice.Arms[i + 1]}, {choice.Arms[i]}", choice.GoverningExpression);

                break;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } both:
                yield return ("left", both.Span, both.Left.ToString(), node);
                yield return ("right", both.Span, both.Right.ToString(), node);
                break;
            case BinaryPatternSyntax both:
                yield return ("left", both.Span, both.Left.ToString(), node);
                yield return ("right", both.Span, both.Right.ToString(), node);
                break;
            case SubpatternSyntax { Parent: PropertyPatternClauseSyntax } part:
                yield return ("conjunct", part.Pattern.Span, "_", node);
                break;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LessThanExpression or (int)SyntaxKind.LessThanOrEqualExpression or (int)SyntaxKind.GreaterThanExpression or (int)SyntaxKind.GreaterThanOrEqualExpression } bound:
                yield return ("bound", bound.OperatorToken.Span, Moved(bound.OperatorToken.Text), node);
                break;
            case RelationalPatternSyntax bound:
                yield return ("bound", bound.OperatorToken.Span, Moved(bound.OperatorToken.Text), node);
                break;
            case ConditionalExpressionSyntax choice:
                yield return ("first", choice.Condition.Span, "true", node);
                yield return ("second", choice.Condition.Span, "false", node);
                break;
            case AssignmentExpressionSyntax { Parent: InitializerExpressionSyntax effects } effect when effects.Expressions.Count > 1:
                var next = effects.Expressions.IndexOf(effect);
                yield return ("effect", next + 1 < effects.Expressions.Count ? TextSpan.FromBounds(effect.SpanStart, effects.Expressions[next + 1].SpanStart) : TextSpan.FromBounds(effects.Expressions[next - 1].Span.End, effect.Span.End), "", node);
                break;
            case WithExpressionSyntax { Initializer.Expressions.Count: 1 } changed:
                yield return ("effect", changed.Span, changed.Expression.ToString(), node);
                break;
            case IdentifierNameSyntax { Identifier.Text: "EBADF" or "EINVAL" or "EEXIST" or "EBUSY" or "EMFILE" or "ESRCH" or "EOVERFLOW" or "EAGAIN" } errno:
                yield return ("errno", errno.Span, errno.Identifier.Text == "EBADF" ? "EINVAL" : "EBADF", node);
                break;
            case BinaryExpressionSyntax { RawKind: (int)SyntaxKind.AddExpression } sum:
                yield return ("difference", sum.OperatorToken.Span, "-", node);
                break;
        }
    }

    private static string Moved(string bound) => bound switch { "<" => "<=", "<=" => "<", ">" => ">=", _ => ">" };

    private static string Unit(SyntaxNode node, SourceText text) => Quoted(node, text) is [var first, ..] ? first.ToString() : Mutation.NameOf(Mutation.MemberOf(node));

    // On the line where it ends; or else what the member says of itself.
    private static ImmutableArray<RuleId> RulesOf(SyntaxNode node, SourceText text)
    {
        if (Quoted(node, text) is { IsEmpty: false } quoted) return quoted;
        var member = Mutation.MemberOf(node);
        return member is null ? [] : Rules(member.GetLeadingTrivia().ToFullString());
    }

    private static ImmutableArray<RuleId> Quoted(SyntaxNode node, SourceText text)
    {
        var line = text.Lines.GetLineFromPosition(node.Span.End).ToString();
        return line.Contains("//", StringComparison.Ordinal) ? Rules(line[line.IndexOf("//", StringComparison.Ordinal)..]) : [];
    }

    // "6.3 to 6.6" are four.
    private static ImmutableArray<RuleId> Rules(string words) =>
    [
        .. RuleNumbers().Matches(words).SelectMany(match =>
        {
            var (chapter, first) = (int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
            var last = match.Groups[3].Success ? int.Parse(match.Groups[3].Value, CultureInfo.InvariantCulture) : first;
            return Enumerable.Range(first, last - first + 1).Select(number => new RuleId(chapter, number));
        }).Distinct(),
    ];

    [GeneratedRegex(@"\b([1-9])\.([0-9]+)(?: to \1\.([0-9]+))?\b")]
    private static partial Regex RuleNumbers();
}
