using System.Globalization;
using System.Reflection;
using System.Text;
using Toolchain.Cli.Help;
using Toolchain.Train.Core;
using Toolchain.Train.Runs;
using Toolchain.Views;

namespace Toolchain.EndToEnd.Docs;

/// <summary>The options of each method (<c>--set</c>) with their defaults, and their meaning from the summaries of the records.</summary>
static class OptionTables
{
    const string Views = "augmentation.";

    /// <summary>The options of a method, without those of its views; of a method with presets, a column for each preset.</summary>
    public static string Write(string name)
    {
        MethodOptions defaults = MethodRegistry.Find(name).Defaults;
        string[] presets = [.. defaults.Presets.Keys];
        MethodOptions[] columns = presets.Length == 0 ? [defaults] : [.. defaults.Presets.Values];
        var table = new StringBuilder(
            $"| option | {(presets.Length == 0 ? "default" : string.Join(" | ", presets))} | meaning |\n|---|---|"
            + $"{string.Concat(columns.Select(_ => "---|"))}\n");
        foreach (string key in OptionBinder.List(defaults).Select(pair => pair.Key)
            .Where(key => !key.StartsWith(Views, StringComparison.Ordinal)))
        {
            PropertyInfo property = Find(defaults, key)!;
            string values = string.Join(" | ", columns.Select(options => Text(property.GetValue(options)!)));
            table.Append(CultureInfo.InvariantCulture, $"| `{key}` | {values} | {XmlSummaries.Of(property)}{Choices(property)} |\n");
        }
        return table.ToString();
    }

    /// <summary>The options of the views, with a column for each method that draws them.</summary>
    public static string WriteAugmentation()
    {
        Method[] methods = [.. MethodRegistry.All.Where(method => Find(method.Defaults, "augmentation") is not null)];
        var table = new StringBuilder($"| option | {string.Join(" | ", methods.Select(method => method.Name))} | meaning |\n|---|"
            + $"{string.Concat(methods.Select(_ => "---|"))}---|\n");
        CheckedOptions[] views =
            [.. methods.Select(method => (CheckedOptions)Find(method.Defaults, "augmentation")!.GetValue(method.Defaults)!)];
        foreach (string key in OptionBinder.List(views[0]).Select(pair => pair.Key))
        {
            PropertyInfo property = Find(views[0], key)!;
            table.Append(CultureInfo.InvariantCulture,
                $"| `{Views}{key}` | {string.Join(" | ", views.Select(view => Text(property.GetValue(view)!)))} | "
                + $"{XmlSummaries.Of(property)} |\n");
        }
        return table.ToString();
    }

    static PropertyInfo? Find(object options, string key) => options.GetType().GetProperty(key,
        BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance);

    static string Choices(PropertyInfo property) => property.PropertyType.IsEnum
        ? $" One of {string.Join(", ", Enum.GetNames(property.PropertyType).Select(name => $"`{name.ToLowerInvariant()}`"))}." : "";

    static string Text(object value) => value switch
    {
        "" => "required",
        bool or Enum => value.ToString()!.ToLowerInvariant(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };
}
