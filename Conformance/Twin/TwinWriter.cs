// Writes the twin of lock-free sources: the same code over locations that are objects, and each method that touches them once more as a coroutine.
//
// What is written anew, and nothing else:
//  - namespace PerfModel.Implementation and that of the adapter become PerfModel.Twin, so that both can be there at once;
//  - the accessors (Shared.cs) are left out: PerfModel.Conformance.Coroutines has others of the same names, which are classes;
//  - so a struct that has one as a field is a class, an array of them is Cells<T>, and no ref is needed to name one;
//  - the type parameter for the hook goes, and a row is its number;
//  - a method M from which an accessor can be reached gets a twin M_Co: async, Co<T>, each such call awaited, an out parameter an Out<T>.
//
// What cannot be written so (a constructor, a property, a lambda that touches shared state) is a problem, and there is no twin.
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace PerfModel.Twin;

/// <summary>Why some code has no twin.</summary>
public readonly struct TwinProblem
{
    /// <summary>A problem at a place.</summary>
    public TwinProblem(Location location, string message) => (Location, Message) = (location, message);

    /// <summary>Where.</summary>
    public Location Location { get; }

    /// <summary>Why.</summary>
    public string Message { get; }
}

/// <summary>The twin, one tree for each source; of no use if there is a problem.</summary>
public sealed class TwinWriter
{
    /// <summary>The namespace of every twin.</summary>
    public const string Namespace = "PerfModel.Twin";

    private const string Source = "PerfModel.Implementation";
    private const string Suffix = "_Co";
    private const string Row = "Row";
    private static readonly ImmutableHashSet<string> Accessors = ["SharedLong", "SharedReference"];
    private static readonly ImmutableHashSet<string> LeftOut = Accessors.Union(["ISchedulingHook", "NoHook", "AccessKind", Row]);

    private readonly HashSet<ISymbol> _coroutines = new(SymbolEqualityComparer.Default);
    private readonly HashSet<ISymbol> _cells = new(SymbolEqualityComparer.Default);
    private readonly List<TwinProblem> _problems = [];

    private TwinWriter()
    {
    }

    /// <summary>The trees.</summary>
    public ImmutableArray<SyntaxTree> Trees { get; private set; } = [];

    /// <summary>Why there is none.</summary>
    public ImmutableArray<TwinProblem> Problems => [.. _problems];

    /// <summary>Writes the twin of sources that compile together.</summary>
    /// <param name="sources">The sources, the accessors' among them.</param>
    /// <param name="references">What they refer to.</param>
    public static TwinWriter Write(ImmutableArray<SyntaxTree> sources, IEnumerable<MetadataReference> references)
    {
        const string Usings = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; global using System.Threading.Tasks;";
        var compilation = CSharpCompilation.Create("Twin", sources.Add(CSharpSyntaxTree.ParseText(Usings, sources[0].Options as CSharpParseOptions)), references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var writer = new TwinWriter();
        writer.FindCells(compilation);
        // One model a source: it keeps what it has bound, and another would bind it again.
        var models = sources.Select(source => compilation.GetSemanticModel(source)).ToImmutableArray();
        writer.FindCoroutines(models);
        writer.Trees = [.. models.Select(writer.Rewrite)];
        return writer;
    }

    private static bool IsAccessor(ITypeSymbol? type) => type is INamedTypeSymbol { ContainingType: not null } named && Accessors.Contains(named.Name);

    private bool IsCell(ITypeSymbol? type) => type is not null && (IsAccessor(type) || _cells.Contains(type.OriginalDefinition));

    // Structs with shared fields, and structs with such structs as fields.
    private void FindCells(Compilation compilation)
    {
        var structs = Types(compilation.Assembly.GlobalNamespace).Where(type => type.TypeKind == TypeKind.Struct && !IsAccessor(type)).ToList();
        bool grew;
        do
        {
            grew = false;
            foreach (var type in structs)
                if (!_cells.Contains(type) && type.GetMembers().OfType<IFieldSymbol>().Any(field => !field.IsStatic && IsCell(field.Type))) grew |= _cells.Add(type);
        }
        while (grew);
    }

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceOrTypeSymbol container) =>
        container.GetMembers().OfType<INamespaceOrTypeSymbol>().SelectMany(member => member is INamedTypeSymbol type ? Types(type).Prepend(type) : Types(member));

    // From the accessors outwards, until no method is added.
    private void FindCoroutines(ImmutableArray<SemanticModel> models)
    {
        var callers = new List<(ISymbol Caller, ISymbol Called)>();
        foreach (var model in models)
        {
            foreach (var call in model.SyntaxTree.GetRoot().DescendantNodes().OfType<InvocationExpressionSyntax>())
            {
                if (model.GetSymbolInfo(call).Symbol is not IMethodSymbol called) continue;
                var caller = model.GetEnclosingSymbol(call.SpanStart);
                while (caller is IMethodSymbol { MethodKind: MethodKind.AnonymousFunction }) caller = caller.ContainingSymbol;
                if (caller is null || IsAccessor(caller.ContainingType)) continue;
                if (IsAccess(called)) _coroutines.Add(caller.OriginalDefinition);
                callers.Add((caller.OriginalDefinition, called.OriginalDefinition));
            }
        }

        bool grew;
        do
        {
            grew = false;
            foreach (var (caller, called) in callers)
                if (_coroutines.Contains(called)) grew |= _coroutines.Add(caller);
        }
        while (grew);

        foreach (var method in _coroutines)
            if (method is not IMethodSymbol { MethodKind: MethodKind.Ordinary })
                Complain(method.Locations[0], $"{method.Name} touches shared state, and only an ordinary method can be a coroutine");
    }

    private static bool IsAccess(IMethodSymbol called) => IsAccessor(called.ContainingType) && called.Name != "PeekWithoutHook" && called.MethodKind == MethodKind.Ordinary;

    private bool IsCoroutine(IMethodSymbol called) => _coroutines.Contains(called.OriginalDefinition);

    private void Complain(Location location, string message) => _problems.Add(new TwinProblem(location, message));

    private SyntaxTree Rewrite(SemanticModel model)
    {
        var root = (CompilationUnitSyntax)new Rewriter(this, model, isCoroutine: false).Visit(model.SyntaxTree.GetRoot());
        // The adapter's own namespace has the contract that it fulfils.
        var own = model.SyntaxTree.GetRoot().DescendantNodes().OfType<BaseNamespaceDeclarationSyntax>().Select(one => one.Name.ToString()).FirstOrDefault(name => name != Source);
        var text = $"// <auto-generated/>\n#nullable enable\n#pragma warning disable\nusing PerfModel.Conformance.Coroutines;\n{(own is null ? "" : $"using {own};\n")}{root.ToFullString()}";
        return CSharpSyntaxTree.ParseText(text, model.SyntaxTree.Options as CSharpParseOptions, model.SyntaxTree.FilePath, System.Text.Encoding.UTF8);
    }

    /// <summary>Writes one tree; and, with <c>isCoroutine</c>, one method of it as a coroutine.</summary>
    private sealed class Rewriter(TwinWriter writer, SemanticModel model, bool isCoroutine) : CSharpSyntaxRewriter
    {
        private readonly HashSet<ISymbol> _outs = new(SymbolEqualityComparer.Default);
        private int _made;
        private bool _isVoid;

        public override SyntaxNode? VisitFileScopedNamespaceDeclaration(FileScopedNamespaceDeclarationSyntax node) =>
            ((FileScopedNamespaceDeclarationSyntax)base.VisitFileScopedNamespaceDeclaration(node)!).WithName(SyntaxFactory.ParseName(" " + Namespace));

        public override SyntaxNode? VisitUsingDirective(UsingDirectiveSyntax node) =>
            SyntaxFactory.ParseCompilationUnit(node.ToFullString().Replace(Source, Namespace)).Usings[0];

        public override SyntaxNode? VisitClassDeclaration(ClassDeclarationSyntax node)
        {
            if (LeftOut.Contains(node.Identifier.Text) || HasHookArgument(node.BaseList)) return null;
            var made = (ClassDeclarationSyntax)base.VisitClassDeclaration(node)!;
            if (HasHook(node.TypeParameterList)) made = made.WithTypeParameterList(null).WithConstraintClauses(default);
            return made.AddMembers(Coroutines(node));
        }

        public override SyntaxNode? VisitStructDeclaration(StructDeclarationSyntax node)
        {
            if (LeftOut.Contains(node.Identifier.Text)) return null;
            var made = (StructDeclarationSyntax)base.VisitStructDeclaration(node)!;
            made = made.AddMembers(Coroutines(node));
            if (!writer.IsCell(model.GetDeclaredSymbol(node))) return made;
            var keyword = made.Keyword.Span;
            var text = made.ToFullString();
            var start = made.FullSpan.Start;
            return SyntaxFactory.ParseMemberDeclaration($"{text.Substring(0, keyword.Start - start)}class{text.Substring(keyword.End - start)}");
        }

        public override SyntaxNode? VisitInterfaceDeclaration(InterfaceDeclarationSyntax node) => LeftOut.Contains(node.Identifier.Text) ? null : base.VisitInterfaceDeclaration(node);

        public override SyntaxNode? VisitEnumDeclaration(EnumDeclarationSyntax node) => LeftOut.Contains(node.Identifier.Text) ? null : base.VisitEnumDeclaration(node);

        private MemberDeclarationSyntax[] Coroutines(TypeDeclarationSyntax type) =>
        [
            .. type.Members.OfType<MethodDeclarationSyntax>()
                .Where(method => model.GetDeclaredSymbol(method) is { } symbol && writer.IsCoroutine(symbol))
                .Select(method => new Rewriter(writer, model, isCoroutine: true).Coroutine(method)),
        ];

        private MemberDeclarationSyntax Coroutine(MethodDeclarationSyntax method)
        {
            var symbol = model.GetDeclaredSymbol(method)!;
            foreach (var parameter in symbol.Parameters)
                if (parameter.RefKind == RefKind.Out) _outs.Add(parameter);
            if (symbol.ReturnsByRef || symbol.ReturnsByRefReadonly || symbol.Parameters.Any(parameter => parameter.RefKind == RefKind.Ref && !writer.IsCell(parameter.Type)))
                writer.Complain(method.Identifier.GetLocation(), $"{method.Identifier.Text} passes a reference, and touches shared state");
            _isVoid = symbol.ReturnsVoid;
            var made = (MethodDeclarationSyntax)Visit(method)!;
            var result = _isVoid ? "System.ValueTuple" : made.ReturnType.ToString();
            made = made.WithIdentifier(SyntaxFactory.Identifier(method.Identifier.Text + Suffix))
                .WithReturnType(SyntaxFactory.ParseTypeName($"Co<{result}> "))
                .WithModifiers([.. made.Modifiers.Where(modifier => !modifier.IsKind(SyntaxKind.OverrideKeyword)), Spaced(SyntaxKind.AsyncKeyword)]);
            if (_isVoid && made.ExpressionBody is { } expression)
                made = made.WithExpressionBody(null).WithSemicolonToken(default).WithBody(SyntaxFactory.Block(SyntaxFactory.ParseStatement($"_ = {expression.Expression};\n")));
            if (_isVoid) made = made.WithBody(made.Body!.AddStatements(SyntaxFactory.ParseStatement("return default;\n")));
            return made.WithLeadingTrivia(SyntaxFactory.LineFeed);
        }

        public override SyntaxNode? VisitReturnStatement(ReturnStatementSyntax node) =>
            isCoroutine && _isVoid && node.Expression is null ? SyntaxFactory.ParseStatement("return default;").WithTriviaFrom(node) : base.VisitReturnStatement(node);

        public override SyntaxNode? VisitParameter(ParameterSyntax node)
        {
            var made = (ParameterSyntax)base.VisitParameter(node)!;
            if (node.Type is null) return made;
            var type = model.GetTypeInfo(node.Type).Type;
            if (writer.IsCell(type)) return made.WithModifiers(default);
            if (!isCoroutine) return made;
            return node.Modifiers.Any(SyntaxKind.OutKeyword) ? made.WithModifiers(default).WithType(SyntaxFactory.ParseTypeName($"Out<{made.Type}> "))
                : node.Modifiers.Any(SyntaxKind.InKeyword) ? made.WithModifiers(default)
                : made;
        }

        // A location is an object: to pass it is to pass a reference.
        public override SyntaxNode? VisitArgument(ArgumentSyntax node)
        {
            var made = (ArgumentSyntax)base.VisitArgument(node)!;
            return node.RefKindKeyword.IsKind(SyntaxKind.RefKeyword) && writer.IsCell(model.GetTypeInfo(node.Expression).Type) ? made.WithRefKindKeyword(default) : made;
        }

        // A shared field that no constructor fills begins as its default.
        public override SyntaxNode? VisitFieldDeclaration(FieldDeclarationSyntax node)
        {
            var made = (FieldDeclarationSyntax)base.VisitFieldDeclaration(node)!;
            if (!writer.IsCell(model.GetTypeInfo(node.Declaration.Type).Type) || node.Declaration.Variables.Count != 1 || node.Declaration.Variables[0].Initializer is not null) return made;
            var field = node.Declaration.Variables[0].Identifier.Text;
            var constructors = ((TypeDeclarationSyntax)node.Parent!).Members.OfType<ConstructorDeclarationSyntax>().ToList();
            if (constructors.Count > 0 && constructors.All(constructor => constructor.DescendantNodes().OfType<AssignmentExpressionSyntax>().Any(set => set.Left.ToString() == field))) return made;
            var declared = made.Declaration.Variables[0].WithInitializer(SyntaxFactory.EqualsValueClause(SyntaxFactory.ParseExpression(" new()")));
            return made.WithDeclaration(made.Declaration.WithVariables(SyntaxFactory.SingletonSeparatedList(declared)));
        }

        public override SyntaxNode? VisitArrayType(ArrayTypeSyntax node) =>
            node.RankSpecifiers.Count == 1 && writer.IsCell(model.GetTypeInfo(node.ElementType).Type)
                ? SyntaxFactory.ParseTypeName($"Cells<{Visit(node.ElementType)}>").WithTriviaFrom(node)
                : base.VisitArrayType(node);

        public override SyntaxNode? VisitArrayCreationExpression(ArrayCreationExpressionSyntax node) =>
            writer.IsCell(model.GetTypeInfo(node.Type.ElementType).Type) && node.Initializer is null
                ? SyntaxFactory.ParseExpression($"new Cells<{Visit(node.Type.ElementType)}>({Visit(node.Type.RankSpecifiers[0].Sizes[0])})").WithTriviaFrom(node)
                : base.VisitArrayCreationExpression(node);

        public override SyntaxNode? VisitRefType(RefTypeSyntax node) =>
            writer.IsCell(model.GetTypeInfo(node.Type).Type) ? Visit(node.Type) : base.VisitRefType(node);

        public override SyntaxNode? VisitRefExpression(RefExpressionSyntax node) =>
            writer.IsCell(model.GetTypeInfo(node.Expression).Type) ? Visit(node.Expression) : base.VisitRefExpression(node);

        public override SyntaxNode? VisitGenericName(GenericNameSyntax node) =>
            model.GetSymbolInfo(node).Symbol is INamedTypeSymbol type && type.TypeArguments.Any(IsHookParameter) ? SyntaxFactory.IdentifierName(node.Identifier).WithTriviaFrom(node) : base.VisitGenericName(node);

        public override SyntaxNode? VisitIdentifierName(IdentifierNameSyntax node)
        {
            var symbol = model.GetSymbolInfo(node).Symbol;
            if (symbol is INamespaceSymbol { Name: "Implementation" }) return SyntaxFactory.IdentifierName("Twin").WithTriviaFrom(node);
            if (IsRow(symbol as ITypeSymbol)) return SyntaxFactory.ParseTypeName("int").WithTriviaFrom(node);
            return isCoroutine && symbol is IParameterSymbol && _outs.Contains(symbol)
                ? SyntaxFactory.ParseExpression($"{node.Identifier.Text}.Value").WithTriviaFrom(node)
                : base.VisitIdentifierName(node);
        }

        public override SyntaxNode? VisitMemberAccessExpression(MemberAccessExpressionSyntax node) =>
            model.GetSymbolInfo(node).Symbol is IFieldSymbol { HasConstantValue: true } row && IsRow(row.ContainingType)
                ? SyntaxFactory.ParseExpression($"{row.ConstantValue}").WithTriviaFrom(node)
                : base.VisitMemberAccessExpression(node);

        private static bool IsRow(ITypeSymbol? type) => type is { Name: Row, TypeKind: TypeKind.Enum };

        public override SyntaxNode? VisitInvocationExpression(InvocationExpressionSyntax node)
        {
            if (model.GetSymbolInfo(node).Symbol is not IMethodSymbol called) return base.VisitInvocationExpression(node);
            if (IsAccess(called)) return Access(node, called);
            if (!isCoroutine) return base.VisitInvocationExpression(node);
            if (writer.IsCoroutine(called)) return Call(node, called);
            return called is { Name: "TrueForAll", ContainingType.Name: "Array" } && node.ArgumentList.Arguments[1].Expression is LambdaExpressionSyntax lambda && Touches(lambda)
                ? SyntaxFactory.ParseExpression($"(await Cells.TrueForAll({Visit(node.ArgumentList.Arguments[0])}, async {Visit(lambda)}))").WithTriviaFrom(node)
                : base.VisitInvocationExpression(node);
        }

        public override SyntaxNode? VisitSimpleLambdaExpression(SimpleLambdaExpressionSyntax node) => Understood(node) ? base.VisitSimpleLambdaExpression(node) : node;

        public override SyntaxNode? VisitParenthesizedLambdaExpression(ParenthesizedLambdaExpressionSyntax node) => Understood(node) ? base.VisitParenthesizedLambdaExpression(node) : node;

        public override SyntaxNode? VisitLocalFunctionStatement(LocalFunctionStatementSyntax node)
        {
            if (Touches(node)) writer.Complain(node.Identifier.GetLocation(), "a local function touches shared state");
            return base.VisitLocalFunctionStatement(node);
        }

        private bool Understood(LambdaExpressionSyntax lambda)
        {
            if (!isCoroutine || !Touches(lambda)) return true;
            if (lambda.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } && model.GetSymbolInfo(call).Symbol is { Name: "TrueForAll", ContainingType.Name: "Array" }) return true;
            writer.Complain(lambda.GetLocation(), "a lambda touches shared state");
            return false;
        }

        private bool Touches(SyntaxNode node) =>
            node.DescendantNodesAndSelf().OfType<InvocationExpressionSyntax>().Any(call => model.GetSymbolInfo(call).Symbol is IMethodSymbol called && (IsAccess(called) || writer.IsCoroutine(called)));

        // `a?.B(x).Load()`: the await takes in all of it, so the test for null is written out. What stands before the ? is a name, and is no access.
        public override SyntaxNode? VisitConditionalAccessExpression(ConditionalAccessExpressionSyntax node)
        {
            if (!isCoroutine || !Touches(node.WhenNotNull)) return base.VisitConditionalAccessExpression(node);
            if (node.DescendantNodes().OfType<ConditionalAccessExpressionSyntax>().Any() || Touches(node.Expression))
            {
                writer.Complain(node.GetLocation(), "more than one ?. around an access");
                return base.VisitConditionalAccessExpression(node);
            }

            var type = model.GetTypeInfo(node).Type!;
            var before = Visit(node.Expression).WithoutTrivia().ToFullString();
            var after = ((ExpressionSyntax)Visit(node.WhenNotNull)!).WithoutTrivia().ToFullString();
            after = after.Replace(Bound, before + (node.Expression is { } && model.GetTypeInfo(node.Expression).Type is { IsValueType: true } ? ".Value" : ""));
            return SyntaxFactory.ParseExpression($"({before} is null ? default({(type.IsReferenceType ? Named(type) + "?" : Named(type))}) : {after})").WithTriviaFrom(node);
        }

        private const string Bound = "__bound__";

        public override SyntaxNode? VisitMemberBindingExpression(MemberBindingExpressionSyntax node)
        {
            var conditional = node.Ancestors().OfType<ConditionalAccessExpressionSyntax>().First();
            return isCoroutine && Touches(conditional.WhenNotNull) ? SyntaxFactory.ParseExpression($"{Bound}.{Visit(node.Name)}").WithTriviaFrom(node) : base.VisitMemberBindingExpression(node);
        }

        private static string Named(ITypeSymbol type) => type.WithNullableAnnotation(type.IsValueType ? type.NullableAnnotation : NullableAnnotation.None).ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat).Replace("PerfEvents<THook>.", "");

        // A row is a number to the accessors of the twin.
        private ExpressionSyntax Access(InvocationExpressionSyntax node, IMethodSymbol called)
        {
            var made = (InvocationExpressionSyntax)base.VisitInvocationExpression(node)!;
            var arguments = node.ArgumentList.Arguments.Zip(made.ArgumentList.Arguments, (before, after) =>
                model.GetTypeInfo(before.Expression).Type is { TypeKind: TypeKind.Enum } ? after.WithExpression(SyntaxFactory.ParseExpression($"(int)({after.Expression})")) : after);
            made = made.WithArgumentList(made.ArgumentList.WithArguments(SyntaxFactory.SeparatedList(arguments)));
            return isCoroutine ? Awaited(Renamed(made), node) : made;
        }

        private ExpressionSyntax Call(InvocationExpressionSyntax node, IMethodSymbol called)
        {
            var gets = new List<string>();
            var arguments = new List<ArgumentSyntax>();
            foreach (var argument in node.ArgumentList.Arguments)
            {
                if (argument.RefKindKeyword.IsKind(SyntaxKind.OutKeyword))
                {
                    var parameter = called.Parameters[argument.NameColon is { } named ? called.Parameters.ToList().FindIndex(one => one.Name == named.Name.Identifier.Text) : node.ArgumentList.Arguments.IndexOf(argument)];
                    var name = $"out{node.SpanStart}_{_made++}";
                    arguments.Add(SyntaxFactory.Argument(argument.NameColon, default, SyntaxFactory.ParseExpression($"Out<{Named(parameter.Type)}{(parameter.Type.IsReferenceType ? "?" : "")}>.New(out var {name})")));
                    gets.Add($"{name}.Get({((ArgumentSyntax)Visit(argument)!).WithNameColon(null)})");
                }
                else
                {
                    var made = (ArgumentSyntax)Visit(argument)!;
                    arguments.Add(argument.RefKindKeyword.IsKind(SyntaxKind.InKeyword) || argument.RefKindKeyword.IsKind(SyntaxKind.RefKeyword) ? made.WithRefKindKeyword(default) : made);
                }
            }

            var call = SyntaxFactory.InvocationExpression((ExpressionSyntax)Visit(node.Expression)!, SyntaxFactory.ArgumentList(SyntaxFactory.SeparatedList(arguments)));
            var awaited = Awaited(Renamed(call), node);
            return gets.Count == 0 ? awaited : SyntaxFactory.ParseExpression($"Cells.Then({awaited.WithoutTrivia()}, {string.Join(", ", gets)})").WithTriviaFrom(node);
        }

        private static ExpressionSyntax Awaited(ExpressionSyntax call, SyntaxNode node) =>
            node.Parent is ExpressionStatementSyntax
                ? SyntaxFactory.ParseExpression($"await {call.WithoutTrivia()}").WithTriviaFrom(node)
                : SyntaxFactory.ParseExpression($"(await {call.WithoutTrivia()})").WithTriviaFrom(node);

        private static InvocationExpressionSyntax Renamed(InvocationExpressionSyntax call)
        {
            return call.WithExpression(call.Expression switch
            {
                MemberAccessExpressionSyntax member => member.WithName(Named(member.Name)),
                MemberBindingExpressionSyntax member => member.WithName(Named(member.Name)),
                SimpleNameSyntax name => Named(name),
                var other => other,
            });

            static SimpleNameSyntax Named(SimpleNameSyntax name) => SyntaxFactory.IdentifierName(name.Identifier.Text + Suffix).WithTriviaFrom(name);
        }

        private static SyntaxToken Spaced(SyntaxKind kind) => SyntaxFactory.Token(kind).WithTrailingTrivia(SyntaxFactory.Space);

        private bool HasHook(TypeParameterListSyntax? parameters) => parameters?.Parameters.Any(parameter => model.GetDeclaredSymbol(parameter) is { } symbol && IsHookParameter(symbol)) == true;

        private bool HasHookArgument(BaseListSyntax? bases) => bases?.DescendantNodes().OfType<GenericNameSyntax>()
            .Any(name => model.GetSymbolInfo(name).Symbol is INamedTypeSymbol type && type.TypeArguments.Any(argument => argument.TypeKind == TypeKind.Struct && argument.AllInterfaces.Any(one => one.Name == "ISchedulingHook"))) == true;

        private static bool IsHookParameter(ITypeSymbol type) => type is ITypeParameterSymbol parameter && parameter.ConstraintTypes.Any(one => one.Name == "ISchedulingHook");
    }
}
