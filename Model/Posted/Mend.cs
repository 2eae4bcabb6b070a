// The switches that mend the posted patch, each one defect, by its number in the annex of SPEC.md. Defects.cs has a sentence for each.
namespace PerfModel.Model.Posted;

/// <summary>What is mended.</summary>
[Flags]
internal enum Mend
{
    /// <summary>Nothing: the patch as posted.</summary>
    None = 0,

    D1 = 1 << 0,
    D2 = 1 << 1,
    D2b = 1 << 2,
    D3 = 1 << 3,
    D4 = 1 << 4,
    D5 = 1 << 5,
    D8 = 1 << 6,
    D11 = 1 << 7,
    D12 = 1 << 8,
    D13 = 1 << 9,
    D14 = 1 << 10,
    D14b = 1 << 11,
    D15 = 1 << 12,
    D19 = 1 << 13,
    D20 = 1 << 14,
    D21 = 1 << 15,
    D22b = 1 << 16,
    D29 = 1 << 17,
    D33 = 1 << 18,
    D36 = 1 << 19,
    D37 = 1 << 20,
    D39 = 1 << 21,
    D41 = 1 << 22,
}
