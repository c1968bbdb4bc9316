using System.Globalization;
using System.Reflection;
using System.Text;
using Toolchain.Train.Core;
using Toolchain.Train.Runs;

namespace Toolchain.Cli.Help;

/// <summary>The options of a method (<c>--set</c>) with defaults and meanings, for <c>uvl train METHOD --help</c>.</summary>
static class MethodHelp
{
    /// <summary>A line for each option.</summary>
    public static string Of(Method method)
    {
        (string Key, object Value)[] options = [.. OptionBinder.List(method.Defaults)];
        int keys = options.Max(option => option.Key.Length), values = options.Max(option => Text(option.Value).Length);
        var table = new StringBuilder($"Options of {method.Name} for --set, with their defaults:\n");
        foreach ((string key, object value) in options)
        {
            table.Append($"  {key.PadRight(keys)}  {Text(value).PadRight(values)}  {Meaning(method.Defaults, key)}".TrimEnd()).Append('\n');
        }
        return table.ToString();
    }

    static string Text(object value) => value switch
    {
        "" => "(required)",
        bool or Enum => value.ToString()!.ToLowerInvariant(),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    static string Meaning(MethodOptions options, string key)
    {
        PropertyInfo property = OptionBinder.Find(options, key);
        string choices = property.PropertyType.IsEnum
            ? $" One of {string.Join(", ", Enum.GetNames(property.PropertyType).Select(name => name.ToLowerInvariant()))}." : "";
        return XmlSummaries.AreThere(property)
            ? XmlSummaries.Of(property).Replace("`", "", StringComparison.Ordinal).Replace("\\|", "|", StringComparison.Ordinal) + choices
            : choices.TrimStart();
    }
}
