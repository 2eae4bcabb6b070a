// The defects that the subject can run into, in a line each: what Model/Posted and the annex of SPEC.md call them.
using PerfModel.Conformance.Subjects;
using PerfModel.Model.Posted;

namespace PerfModel.Posted;

/// <summary>Words for defects.</summary>
internal static class Known
{
    /// <summary>A defect, with the command that shows it in the model if the model has it.</summary>
    public static KnownDefect Of(string id) => new(id,
        Defect.All.FirstOrDefault(defect => defect.Id == id) is { } modelled ? $"{modelled.Title}; perfmodel defects {id} shows it in the model"
        : id switch
        {
            "D31" => "a slot is taken before its trigger handles overflows; the annex of SPEC.md has it",
            "D35" => "a link made after a fork reaches the children of the child, and not the child; the annex of SPEC.md has it",
            _ => throw new ArgumentOutOfRangeException(nameof(id), id, "no defect of the patch"),
        });
}
