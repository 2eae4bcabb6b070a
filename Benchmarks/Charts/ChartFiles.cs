// Draws the charts as SVG, with OxyPlot.
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;
using PerfModel.Benchmarks.Table;
using PerfModel.Benchmarks.Works;

namespace PerfModel.Benchmarks.Charts;

/// <summary>One file for each chart.</summary>
internal static class ChartFiles
{
    // Ours stands out, the dialects alike; the floor is grey. Told apart without colour by their markers.
    private static readonly Dictionary<string, (OxyColor Color, MarkerType Marker)> Styles = new()
    {
        [Columns.Floor] = (OxyColors.Gray, MarkerType.None),
        [Columns.AsPosted] = (OxyColors.SaddleBrown, MarkerType.Square),
        [Columns.LockAndList] = (OxyColors.DarkOrange, MarkerType.Diamond),
        [Columns.ImmutableArrays] = (OxyColors.SeaGreen, MarkerType.Triangle),
        [Columns.Ours] = (OxyColors.Crimson, MarkerType.Circle),
        [Columns.OursAmended] = (OxyColors.RoyalBlue, MarkerType.Circle),
        [Columns.OursLinux613] = (OxyColors.MediumPurple, MarkerType.Circle),
    };

    // The legend is cut off at the width that was measured, and a viewer's font may be wider.
    private const string RoomForOtherFonts = "       ";

    /// <summary>Makes the folder if it is not there, and throws if nothing can be written into it.</summary>
    public static void RequireFolder(string folder)
    {
        Directory.CreateDirectory(folder);
        var trial = Path.Combine(folder, Path.GetRandomFileName());
        File.WriteAllBytes(trial, []);
        File.Delete(trial);
    }

    /// <summary>Draws each of which every row was measured: half a chart is not put in the place of a whole one.</summary>
    public static void Draw(IReadOnlyList<Seen> seen, string folder)
    {
        foreach (Chart chart in ChartRows.Charts())
        {
            Seen[] points = [.. seen.Where(row => chart.Rows.Any(wanted => wanted.Key == row.Row.Key)).OrderBy(row => At(chart, row))];
            if (points.Length < chart.Rows.DistinctBy(row => row.Key).Count())
            {
                Console.Error.WriteLine($"{chart.File}.svg is not drawn: not all of its rows were measured");
                continue;
            }

            using FileStream file = File.Create(Path.Combine(folder, chart.File + ".svg"));

            // The workaround: not every viewer of SVG knows the attribute that says where in its line a text stands.
            new SvgExporter { Width = 720, Height = 420, UseVerticalTextAlignmentWorkaround = true }.Export(Plot(chart, points), file);
        }
    }

    private static PlotModel Plot(Chart chart, Seen[] points)
    {
        PlotModel plot = new() { Title = chart.Title, Background = OxyColors.White, DefaultFont = "Arial", TitleFontWeight = 400 };
        plot.Legends.Add(new Legend { LegendPosition = LegendPosition.RightTop, LegendPlacement = LegendPlacement.Outside, LegendLineSpacing = 8 });
        plot.Axes.Add(chart.AgainstThreads
            ? new LinearAxis { AxisTitleDistance = 12, Position = AxisPosition.Bottom, Title = chart.X, MajorStep = 1, MinorStep = 1, Minimum = 0.8 }
            : new LogarithmicAxis { AxisTitleDistance = 12, Position = AxisPosition.Bottom, Title = chart.X, Base = 4, MinorTickSize = 0, StringFormat = "#,0" });
        plot.Axes.Add(chart.IsLogarithmic
            ? new LogarithmicAxis { AxisTitleDistance = 12, Position = AxisPosition.Left, Title = chart.Y, MajorGridlineStyle = LineStyle.Dot, MajorGridlineColor = OxyColors.LightGray, StringFormat = "#,0.##" }
            : new LinearAxis { AxisTitleDistance = 12, Position = AxisPosition.Left, Title = chart.Y, Minimum = 0, MajorGridlineStyle = LineStyle.Dot, MajorGridlineColor = OxyColors.LightGray });
        foreach (var column in Columns.InTable)
        {
            LineSeries line = new() { Title = column + RoomForOtherFonts, Color = Styles[column].Color, MarkerType = Styles[column].Marker, MarkerSize = 3, MarkerFill = Styles[column].Color };
            foreach (Seen row in points)
                if (row.Value(column) is { } value) line.Points.Add(new DataPoint(At(chart, row), value));
            if (line.Points.Count > 0) plot.Series.Add(line);
        }

        return plot;
    }

    private static int At(Chart chart, Seen row) => chart.AgainstThreads ? row.Row.Threads : row.Row.Targets ?? 0;
}
