// The page of a report in a browser: at two widths, light and dark, by keyboard, without a network, and with texts that would be more than text.
using System.Text.Json;
using PerfModel.Conformance.Command.Reports;
using PerfModel.Conformance.Tests.Command;
using PuppeteerSharp;
using PuppeteerSharp.Media;
using Xunit;

namespace PerfModel.Conformance.Tests.Reports;

/// <summary>The browser, and the pages that it is shown.</summary>
public sealed class ShownPages : IAsyncLifetime, IDisposable
{
    private const string Concurrent = "concurrent.html", Sequence = "sequence.html", Conforming = "conforming.html", Long = "long.html", Hostile = "hostile.html";

    private readonly Cli _cli = new();
    private readonly SemaphoreSlim _making = new(1);

    private IBrowser? _browser;

    /// <summary>All of them.</summary>
    public static string[] All { get; } = [Concurrent, Sequence, Conforming, Long, Hostile];

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>The browser, started for the first test that runs: where there is none, all are skipped.</summary>
    public async Task<IBrowser> Browser()
    {
        await _making.WaitAsync();
        try
        {
            if (_browser is not null) return _browser;
            _cli.Run("run", "--subject", "wrong:claims-before-publishing", "--checks", "schedules", "--dialect", "Amended", "--report", Concurrent).Exits(1);
            _cli.Run("run", "--subject", "wrong:dead-owner-owns", "--checks", "rules,random", "--dialect", "Patch2011", "--report", Sequence).Exits(1);
            _cli.Run("run", "--checks", "rules", "--report", Conforming).Exits(0);
            // More calls than have room beside each other, and the last of them is wrong.
            var rounds = string.Concat(Enumerable.Range(0, 12).Select(i => $"  A calls Tick(p, 1)\n  B calls Count(p)\n  C: Paused(p) -> ok open\n  A returns ok 1\n  B returns ok {i}\n"));
            var calls = (string call) => string.Concat(Enumerable.Repeat($"  {call}\n", 12));
            _cli.Write("long.txt", $"perfmodel 1\ndialect Patch2011\nsubject mine\ncheck stress\nverdict violates\np = Open(task 0, period 1, enabled)\nScheduleIn(p)\nthread A\n{calls("Tick(p, 1)")}thread B\n{calls("Count(p)")}thread C\n{calls("Paused(p)")}after\n  Count(p) -> ok 13\nhistory\n{rounds}end\n");
            _cli.Run("replay", "long.txt", "--report", Long).Exits(1);
            _cli.Write(Hostile, HtmlReport.Write(ReportTests.Of(ReportTests.Wrong(ReportTests.Hostile), ReportTests.Hostile)));
            var folders = Environment.GetEnvironmentVariable("PATH")!.Split(':');
            return _browser = await Puppeteer.LaunchAsync(new LaunchOptions
            {
                ExecutablePath = folders.Select(folder => Path.Combine(folder, "chromium")).First(File.Exists),
                // The sandbox of a browser does not start for root; it is shown nothing but pages of ours.
                Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"],
            });
        }
        finally
        {
            _making.Release();
        }
    }

    /// <summary>A page that was written, as a browser addresses it.</summary>
    public string Address(string page) => new Uri(Path.Combine(_cli.Folder, page)).AbsoluteUri;

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
    }

    public void Dispose()
    {
        _making.Dispose();
        _cli.Dispose();
    }
}

public sealed class PageTests(ShownPages shown) : IClassFixture<ShownPages>
{
    // What is there to read, each with the ratio of its colour to the one behind it.
    private const string Contrasts = """
        () => {
          const light = colour => {
            const [r, g, b] = colour.match(/[\d.]+/g).slice(0, 3).map(Number).map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
            return 0.2126 * r + 0.7152 * g + 0.0722 * b;
          };
          const behind = element => {
            for (let at = element; at; at = at.parentElement) {
              const colour = getComputedStyle(at).backgroundColor;
              if (!/, 0\)$/.test(colour) && colour !== "transparent") return colour;
            }
            return "rgb(255, 255, 255)";
          };
          const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), weak = [];
          let seen = 0;
          while (walker.nextNode()) {
            const element = walker.currentNode.parentElement;
            if (!walker.currentNode.data.trim() || element.closest("script, .hidden") || !element.checkVisibility() || element.disabled) continue;
            seen++;
            const [a, b] = [light(getComputedStyle(element).color), light(behind(element))];
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (ratio < 4.5) weak.push(`${ratio.toFixed(2)}: ${walker.currentNode.data.slice(0, 40)}`);
          }
          return seen < 20 ? ["there is next to nothing to read"] : weak;
        }
        """;

    private const string Overflow = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth";

    [ToolTheory("chromium", Long = true)]
    [InlineData(400, "light")]
    [InlineData(400, "dark")]
    [InlineData(1280, "light")]
    [InlineData(1280, "dark")]
    public async Task Every_page_fits_and_can_be_read(int width, string scheme)
    {
        foreach (var name in ShownPages.All)
        {
            var (page, faults) = await Open(name, width, scheme);
            await using var _ = page;
            await page.EvaluateExpressionAsync("document.querySelectorAll('details').forEach(one => { one.open = true; })");
            Assert.Equal(0, await page.EvaluateFunctionAsync<int>(Overflow));
            Assert.Empty(await page.EvaluateFunctionAsync<string[]>(Contrasts));
            Assert.Equal(scheme == "dark", await page.EvaluateExpressionAsync<string>("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)");
            Assert.Empty(faults);
            if (Environment.GetEnvironmentVariable("PERFMODEL_SCREENSHOTS") is { Length: > 0 } folder)
                await page.ScreenshotAsync(Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(name)}-{width}-{scheme}.png"), new ScreenshotOptions { FullPage = true });
        }
    }

    [ToolFact("chromium", Long = true)]
    public async Task What_the_page_must_not_do_is_noticed()
    {
        var (page, faults) = await Open("sequence.html", 400, "light");
        await using var _ = page;
        // The policy stops an image and a script of somebody else's, and says so.
        await page.EvaluateExpressionAsync("{ const image = new Image(); image.src = 'http://127.0.0.1:9/x.png'; document.body.append(image); const script = document.createElement('script'); script.textContent = 'document.title = 7'; document.body.append(script); }");
        await Until(() => faults.Count >= 4);
        Assert.Contains(faults, fault => fault.Contains("img-src", StringComparison.Ordinal) || fault.Contains("default-src", StringComparison.Ordinal));
        Assert.Contains(faults, fault => fault.Contains("script-src", StringComparison.Ordinal));
        Assert.Contains("request: http://127.0.0.1:9/x.png", faults);
        Assert.Contains("stopped: csp", faults);
        Assert.NotEqual("7", await page.GetTitleAsync());

        await page.EvaluateExpressionAsync("document.querySelector('h1').style.color = '#999999'");
        Assert.Contains("2.85: wrong:dead-owner-owns", await page.EvaluateFunctionAsync<string[]>(Contrasts));
        await page.EvaluateExpressionAsync("document.querySelector('h1').style.width = '500px'");
        Assert.NotEqual(0, await page.EvaluateFunctionAsync<int>(Overflow));
    }

    [ToolFact("chromium", Long = true)]
    public async Task The_steps_are_walked_by_keyboard()
    {
        var (page, faults) = await Open("concurrent.html", 1280, "light");
        await using var _ = page;
        // By the keyboard alone: from the first link on, Tab comes to the slider.
        for (var i = 0; i < 30 && await Focused(page) != "INPUT range"; i++) await page.Keyboard.PressAsync("Tab");
        Assert.Equal("INPUT range", await Focused(page));
        Assert.NotEqual("none", await page.EvaluateExpressionAsync<string>("getComputedStyle(document.activeElement).outlineStyle"));
        Assert.Equal("4 A: Paused(t) → ok open ✗ must be ok paused", await Step(page));
        Assert.Contains("not explained", await page.EvaluateExpressionAsync<string>("document.querySelector('.bar.current').textContent"), StringComparison.Ordinal);
        await page.Keyboard.PressAsync("ArrowLeft");
        Assert.Equal("3 B: Overflow(p) → ok 1", await Step(page));
        // The overflow has changed its count of samples and the gate, and the page says which lines those are.
        Assert.Equal(["p: active, open, count 0, samples 1, period 1", "t: active, paused, count 0, starter q, stopper p"], await Texts(page, "details[open] .state li.new"));
        Assert.Contains("Overflow(p)", await page.EvaluateExpressionAsync<string>("document.querySelector('.bar.current').textContent"), StringComparison.Ordinal);
        await page.Keyboard.PressAsync("Home");
        Assert.Equal("1 A: SetStopper(p, t) → ok", await Step(page));
        Assert.True(await page.EvaluateExpressionAsync<bool>("[...document.querySelectorAll('button')].find(one => one.textContent === 'Back').disabled"));
        await page.Keyboard.PressAsync("End");
        Assert.StartsWith("4 ", await Step(page), StringComparison.Ordinal);
        // Shift and Tab: the chooser of the order.
        await page.Keyboard.DownAsync("Shift");
        await page.Keyboard.PressAsync("Tab");
        await page.Keyboard.UpAsync("Shift");
        Assert.Equal("SELECT select-one", await Focused(page));
        await page.Keyboard.PressAsync("ArrowDown");
        Assert.Equal("1", await page.EvaluateExpressionAsync<string>("document.activeElement.value"));
        Assert.Empty(faults);
    }

    [ToolFact("chromium", Long = true)]
    public async Task A_long_list_shows_the_step_that_it_is_at()
    {
        const string Shown = "(() => { const list = document.querySelector('.steps').getBoundingClientRect(), item = document.querySelector('[aria-current]').getBoundingClientRect(); return item.top >= list.top && item.bottom <= list.bottom + 1; })()";
        var (page, faults) = await Open("long.html", 1280, "light");
        await using var _ = page;
        Assert.StartsWith("37 ", await Step(page), StringComparison.Ordinal);
        Assert.True(await page.EvaluateExpressionAsync<bool>("document.querySelector('.steps').scrollHeight > document.querySelector('.steps').clientHeight"));
        Assert.True(await page.EvaluateExpressionAsync<bool>(Shown));
        await page.FocusAsync("input[type=range]");
        await page.Keyboard.PressAsync("Home");
        Assert.StartsWith("1 ", await Step(page), StringComparison.Ordinal);
        Assert.True(await page.EvaluateExpressionAsync<bool>(Shown));
        Assert.Empty(faults);
    }

    [ToolFact("chromium", Long = true)]
    public async Task The_table_shows_the_rules_of_one_verdict()
    {
        var (page, faults) = await Open("sequence.html", 400, "light");
        await using var _ = page;
        await page.FocusAsync("input[value=all]");
        await page.Keyboard.PressAsync("ArrowDown");
        var shown = await page.EvaluateExpressionAsync<string[]>("[...document.querySelectorAll('#rules ~ table tbody tr')].filter(row => row.checkVisibility()).map(row => row.querySelector('.verdict').textContent)");
        Assert.Equal(["✗ fail", "✗ fail", "✗ fail", "✗ fail"], shown);
        Assert.Contains("4 of ", await page.EvaluateExpressionAsync<string>("document.querySelector('fieldset [role=status]').textContent"), StringComparison.Ordinal);
        Assert.Empty(faults);
    }

    [ToolFact("chromium", Long = true)]
    public async Task What_a_subject_says_is_text()
    {
        var (page, faults) = await Open("hostile.html", 1280, "dark");
        await using var _ = page;
        Assert.Equal(0, await page.EvaluateExpressionAsync<int>("document.images.length"));
        Assert.Equal(2, await page.EvaluateExpressionAsync<int>("document.scripts.length"));
        Assert.Contains("<img src=x ", await page.EvaluateExpressionAsync<string>("document.querySelector('h1').textContent"), StringComparison.Ordinal);
        Assert.Contains("<img src=x", await page.EvaluateExpressionAsync<string>("document.querySelector('.steps li:last-child').textContent"), StringComparison.Ordinal);
        Assert.Empty(faults);
    }

    [ToolFact("chromium", Long = true)]
    public async Task On_paper_every_step_stands_with_its_state()
    {
        var (page, faults) = await Open("sequence.html", 1280, "dark");
        await using var _ = page;
        await page.EmulateMediaTypeAsync(MediaType.Print);
        Assert.Equal("rgb(255, 255, 255)", await page.EvaluateExpressionAsync<string>("getComputedStyle(document.body).backgroundColor"));
        var data = ReportTests.PageData(await File.ReadAllTextAsync(new Uri(shown.Address("sequence.html")).LocalPath));
        var steps = data.GetProperty("failures").EnumerateArray().SelectMany(failure => failure.GetProperty("orders").EnumerateArray()).SelectMany(order => order.GetProperty("steps").EnumerateArray()).ToList();
        // Those of a failure that is closed on the screen too.
        Assert.True(data.GetProperty("failures").GetArrayLength() > 1);
        Assert.Equal(steps.Count, await page.EvaluateExpressionAsync<int>("[...document.querySelectorAll('.printed tr')].filter(row => row.checkVisibility({ contentVisibilityAuto: true }) && row.offsetHeight > 0 && row.lastChild.textContent).length"));
        Assert.False(await page.EvaluateExpressionAsync<bool>("document.querySelector('input[type=range]').checkVisibility()"));
        Assert.NotEmpty(await page.PdfDataAsync());
        Assert.Empty(faults);
    }

    private async Task<(IPage Page, List<string> Faults)> Open(string name, int width, string scheme)
    {
        var browser = await shown.Browser();
        var page = await browser.NewPageAsync();
        var faults = new List<string>();
        page.Console += (_, told) => Add($"console: {told.Message.Text}");
        page.PageError += (_, error) => Add($"error: {error.Message}");
        page.Dialog += (_, dialog) => Add($"dialog: {dialog.Dialog.Message}");
        page.Request += (_, request) =>
        {
            if (request.Request.Url != shown.Address(name)) Add($"request: {request.Request.Url}");
        };
        page.RequestFailed += (_, request) => Add($"stopped: {request.Request.FailureText}");
        await page.SetViewportAsync(new ViewPortOptions { Width = width, Height = 900 });
        await page.EmulateMediaFeaturesAsync([new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = scheme }]);
        await page.GoToAsync(shown.Address(name));
        return (page, faults);

        void Add(string fault)
        {
            lock (faults) faults.Add(fault);
        }
    }

    private static async Task Until(Func<bool> holds)
    {
        for (var i = 0; i < 200 && !holds(); i++) await Task.Delay(25);
    }

    private static Task<string> Focused(IPage page) => page.EvaluateExpressionAsync<string>("`${document.activeElement.tagName} ${document.activeElement.type ?? ''}`");

    private static Task<string> Step(IPage page) => page.EvaluateExpressionAsync<string>("[...document.querySelector('details[open] .steps [aria-current]').children].map(part => part.textContent.trim()).join(' ')");

    private static Task<string[]> Texts(IPage page, string selector) => page.EvaluateExpressionAsync<string[]>($"[...document.querySelectorAll({JsonSerializer.Serialize(selector)})].map(one => one.textContent)");
}
