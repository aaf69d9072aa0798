namespace HavenVlm.Simulation.Stash.Schema;

internal enum SchemaKind
{
    Scalar,
    Object,
    Interface,
    Union,
    Enum,
    InputObject,
}

/// <summary>A type as it is written in GraphQL: named, or a list of another, either of them not null.</summary>
internal sealed record TypeReference(string? Name, TypeReference? Element, bool NonNull)
{
    public string NamedType => Name ?? Element!.NamedType;

    public TypeReference Nullable => this with { NonNull = false };

    public override string ToString() => (Name ?? $"[{Element}]") + (NonNull ? "!" : "");
}

/// <summary>An argument of a field.</summary>
internal sealed record SchemaArgument(string Name, TypeReference Type, bool Deprecated);

/// <summary>A field or an input field. One without a type exists in the real server and is not simulated.</summary>
internal sealed record SchemaField(string Name, TypeReference? Type, IReadOnlyList<SchemaArgument> Arguments, bool Deprecated)
{
    /// <summary>The type that a client sees of a field that is not simulated.</summary>
    public TypeReference? Told { get; init; }

    public SchemaArgument? Argument(string name) => Arguments.FirstOrDefault(argument => argument.Name == name);
}

/// <summary>A type of the schema of one version. <c>Members</c> are the values of an enum or the types of a union.</summary>
internal sealed record SchemaType(
    string Name,
    SchemaKind Kind,
    IReadOnlyDictionary<string, SchemaField> Fields,
    IReadOnlyList<string> Members,
    IReadOnlyList<string> Interfaces
)
{
    public bool IsInput => Kind is SchemaKind.Scalar or SchemaKind.Enum or SchemaKind.InputObject;

    public bool HasSelection => Kind is SchemaKind.Object or SchemaKind.Interface or SchemaKind.Union;
}
