// Mutants that a program makes: one small change at one place of a source, by a rule that knows nothing of what the source means.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using PerfModel.Model;

namespace PerfModel.Conformance.Wrong;

/// <summary>A change at one place.</summary>
/// <param name="Unit">What is changed: a row of MEMORY-ORDERING.md, a rule, a method.</param>
/// <param name="Operator">How.</param>
/// <param name="File">The source.</param>
/// <param name="Span">What goes.</param>
/// <param name="Text">What comes.</param>
/// <param name="Rules">The rules that the place quotes.</param>
internal sealed record Mutation(string Unit, string Operator, string File, TextSpan Span, string Text, ImmutableArray<RuleId> Rules)
{
    /// <summary>The operands of a condition that are no conjunctions or disjunctions themselves; of what is none, itself.</summary>
    public static IEnumerable<ExpressionSyntax> Atoms(ExpressionSyntax condition) => condition switch
    {
        ParenthesizedExpressionSyntax inner => Atoms(inner.Expression),
        PrefixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalNotExpression } not => Atoms(not.Operand),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } both => Atoms(both.Left).Concat(Atoms(both.Right)),
        _ => [condition],
    };

    /// <summary>All that decides: conditions of statements and of <c>?:</c>, and operands of conjunctions and disjunctions wherever they stand.</summary>
    public static IEnumerable<ExpressionSyntax> Conditions(SyntaxNode root) => root.DescendantNodes().SelectMany(node => node switch
    {
        IfStatementSyntax one => Atoms(one.Condition),
        WhileStatementSyntax one => Atoms(one.Condition),
        DoStatementSyntax one => Atoms(one.Condition),
        ConditionalExpressionSyntax one => Atoms(one.Condition),
        BinaryExpressionSyntax { RawKind: (int)SyntaxKind.LogicalAndExpression or (int)SyntaxKind.LogicalOrExpression } both => Atoms(both),
        _ => [],
    }).DistinctBy(atom => atom.Span);

    /// <summary>The member that a node stands in.</summary>
    public static MemberDeclarationSyntax? MemberOf(SyntaxNode node) => node.Ancestors().OfType<MemberDeclarationSyntax>().FirstOrDefault(member => member is BaseMethodDeclarationSyntax or BasePropertyDeclarationSyntax or FieldDeclarationSyntax);

    /// <summary>Its name.</summary>
    public static string NameOf(MemberDeclarationSyntax? member) => member switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        PropertyDeclarationSyntax property => property.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text,
        _ => "member",
    };
}
