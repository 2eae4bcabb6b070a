// The forms of a report. The end of a file's name chooses one: .html, .json, .xml (JUnit), .sarif.
using System.Collections.Immutable;
using System.Text.Json;
using PerfModel.Conformance.Text;

namespace PerfModel.Conformance.Command.Reports;

/// <summary>A form: how the names of its files end, and how it is written.</summary>
internal sealed record ReportForm(string Extension, Func<ReportContent, string> Write)
{
    /// <summary>The object of --json.</summary>
    public static ReportForm Json { get; } = new(".json", content => JsonSerializer.Serialize(content.Json, Output.Json) + "\n");

    /// <summary>All of them.</summary>
    public static ImmutableArray<ReportForm> All { get; } = [new(".html", HtmlReport.Write), Json, new(".xml", JUnitReport.Write), new(".sarif", SarifReport.Write)];

    /// <summary>The form of a file; a name without an extension, such as that of a device, is JSON's.</summary>
    /// <exception cref="UsageException">There is none such.</exception>
    public static ReportForm Of(string file) =>
        Extended(file) is not { Length: > 1 } extension ? Json
        : All.FirstOrDefault(form => form.Extension.Equals(extension, StringComparison.OrdinalIgnoreCase))
        ?? throw new UsageException($"--report '{Quoted.Short(file)}': expected a name that ends in {string.Join(", ", All[..^1].Select(form => form.Extension))} or {All[^1].Extension}");

    /// <summary>The one file of a verb that writes JSON only, or null.</summary>
    /// <exception cref="UsageException">Another form was asked for, or more than one file.</exception>
    public static string? OnlyJson(string verb, string[]? files)
    {
        if (files is null or []) return null;
        if (files.Length > 1) throw new UsageException($"{verb} writes one report");
        return All.FirstOrDefault(form => form != Json && form.Extension.Equals(Extended(files[0]), StringComparison.OrdinalIgnoreCase)) is { } other
            ? throw new UsageException($"{verb} writes its report as JSON only; {other.Extension} is a form of run and replay") : files[0];
    }

    private static string Extended(string file) => Path.GetExtension(file);
}

/// <summary>The files that were asked for, each in its form.</summary>
internal sealed class ReportFiles
{
    private readonly ImmutableArray<(string File, ReportForm Form)> _files;

    private ReportFiles(ImmutableArray<(string, ReportForm)> files) => _files = files;

    /// <summary>The files by their names.</summary>
    /// <exception cref="UsageException">A name says no form, or stands there twice.</exception>
    public static ReportFiles Of(string[]? files)
    {
        files ??= [];
        if (files.GroupBy(file => file).FirstOrDefault(same => same.Count() > 1) is { } twice) throw new UsageException($"--report names {Quoted.Short(twice.Key)} twice");
        return new([.. files.Select(file => (file, ReportForm.Of(file)))]);
    }

    /// <summary>Tries whether they can be written: a minute later is too late to say that a folder does not exist.</summary>
    /// <exception cref="UsageException">One cannot.</exception>
    public void Open()
    {
        foreach (var (file, _) in _files) Output.OpenReport(file);
    }

    /// <summary>Writes them.</summary>
    /// <exception cref="UsageException">One cannot be written.</exception>
    public void Write(ReportContent content)
    {
        foreach (var (file, form) in _files) Output.WriteFile(file, form.Write(content));
    }
}
