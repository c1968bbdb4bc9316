using System.Globalization;
using System.Reflection;
using Toolchain.Data;
using Toolchain.Train.Core;
using Toolchain.Views;

namespace Toolchain.Train.Runs;

/// <summary>
/// Sets options from <c>key=value</c> texts: keys are the properties of the record in camel case, nested records by a dot.
/// </summary>
static class OptionBinder
{
    const string PresetKey = "preset";

    // Of a whole number: no size or count of a training comes near it, and no product of two leaves 64 bits.
    const int LargestNumber = 1 << 24;

    /// <summary>The same options with <paramref name="settings"/> applied in order, a preset before all others.</summary>
    /// <exception cref="ArgumentException">A key is unknown or a value is of another type; the message says what is expected.</exception>
    public static TOptions Apply<TOptions>(TOptions options, IEnumerable<string> settings) where TOptions : MethodOptions
    {
        string[] all = [.. settings];
        MethodOptions result = options;
        foreach (string setting in all.Where(IsPreset).Concat(all.Where(setting => !IsPreset(setting))))
        {
            int equals = setting.IndexOf('=');
            if (equals < 1)
            {
                throw new ArgumentException($"--set '{setting}': expected key=value, such as {Keys(options.GetType()).First()}=...");
            }
            string value = setting[(equals + 1)..];
            result = IsPreset(setting) ? Preset(options, setting, value)
                : (MethodOptions)Apply(result, setting[..equals], value, setting, options.GetType());
        }
        return (TOptions)result;

        bool IsPreset(string setting) =>
            options.Presets.Count > 0 && setting.StartsWith($"{PresetKey}=", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The same for data of some classes: unless the settings say otherwise, the option that counts classes is their
    /// number.</summary>
    /// <param name="options">The defaults, which are for the ten digits.</param>
    /// <param name="settings">As in <see cref="Apply{TOptions}(TOptions, IEnumerable{string})"/>.</param>
    /// <param name="classes">Number of classes that have images; null without labels or for the ten digits.</param>
    /// <param name="remark">What was set so; null for nothing.</param>
    public static MethodOptions Apply(MethodOptions options, IReadOnlyList<string> settings, int? classes, out string? remark)
    {
        remark = null;
        if (Apply(options, settings).ClassesOption is not string name || classes is null or 1)
        {
            return Apply(options, settings);
        }
        string setting = string.Create(CultureInfo.InvariantCulture, $"{char.ToLowerInvariant(name[0])}{name[1..]}={classes}");
        MethodOptions applied = Apply(options, [setting, .. settings]);
        remark = Record(applied).Any(option => $"{option.Name}={option.Value}" == setting)
            ? $"{setting}: as many as classes have images; --set {setting.Split('=')[0]}= takes another number" : null;
        return applied;
    }

    /// <summary>Every key of <c>--set</c> with its value, in order of declaration.</summary>
    public static IEnumerable<(string Key, object Value)> List(CheckedOptions options) => List(options, "", isRecord: false);

    /// <summary>The property of a key of <c>--set</c>.</summary>
    /// <exception cref="ArgumentException">There is none of that key.</exception>
    public static PropertyInfo Find(CheckedOptions options, string key)
    {
        string[] parts = key.Split('.', 2);
        PropertyInfo property = Properties(options.GetType()).FirstOrDefault(found => Key(found) == parts[0])
            ?? throw Unknown($"{key}=", options.GetType());
        return parts.Length == 1 ? property : Find((CheckedOptions)property.GetValue(options)!, parts[1]);
    }

    /// <summary>Every name with its value, as configurations and metadata have them.</summary>
    internal static IEnumerable<(string Name, object Value)> Record(MethodOptions options) =>
        List(options, "", isRecord: true, HasPreset(options) ? null : Activator.CreateInstance(options.GetType()));

    /// <summary>What a record of options stands for that leaves some out: those first, as settings, then its own.</summary>
    internal static IEnumerable<string> Complete(MethodOptions defaults, IEnumerable<string> record) => [.. Omitted(defaults), .. record];

    static IEnumerable<string> Omitted(object options, string prefix = "") =>
        Properties(options.GetType()).SelectMany(property => property.GetValue(options) is object value && IsNested(property)
            ? Omitted(value, $"{prefix}{Key(property)}.")
            : OmittedValue(property) is not double omitted ? []
            : [string.Create(CultureInfo.InvariantCulture, $"{prefix}{Recorded(property)}={Named(property.PropertyType, omitted)}")]);

    static object Named(Type type, double value) => type.IsEnum ? Enum.GetNames(type)[(int)value]
        : type == typeof(bool) ? value != 0 : value;

    static double? OmittedValue(PropertyInfo property) => property.GetCustomAttribute<OmittedAtDefaultAttribute>()?.Value;

    static bool Has(object? options, PropertyInfo property, double value) => options is not null
        && System.Convert.ToDouble(property.GetValue(options), CultureInfo.InvariantCulture) == value;

    // Another preset than the first gives other defaults.
    static bool HasPreset(MethodOptions options) => options.Presets.Count > 0
        && options.GetType().GetProperty(PresetKey, BindingFlags.IgnoreCase | BindingFlags.Public | BindingFlags.Instance)
            ?.GetValue(options) is Enum preset && System.Convert.ToInt32(preset, CultureInfo.InvariantCulture) != 0;

    // Left out is what has the value that it is left out at, where a fresh record has that value too.
    static IEnumerable<(string, object)> List(object options, string prefix, bool isRecord, object? fresh = null) =>
        Properties(options.GetType()).SelectMany(property =>
        {
            (string name, object value) = ($"{prefix}{(isRecord ? Recorded(property) : Key(property))}", property.GetValue(options)!);
            return value is not null && IsNested(property)
                ? List(value, $"{name}.", isRecord, fresh is null ? null : property.GetValue(fresh))
                : OmittedValue(property) is double omitted && Has(fresh, property, omitted) && Has(options, property, omitted) ? []
                : [(name, value!)];
        });

    static CheckedOptions Apply(CheckedOptions options, string key, string value, string setting, Type root)
    {
        string[] parts = key.Split('.', 2);
        PropertyInfo property = Properties(options.GetType())
            .FirstOrDefault(found => Key(found).Equals(parts[0], StringComparison.OrdinalIgnoreCase)
                || Recorded(found).Equals(parts[0], StringComparison.OrdinalIgnoreCase))
            ?? throw Unknown(setting, root);
        object converted = parts.Length == 2 && IsNested(property)
            ? Apply((CheckedOptions)property.GetValue(options)!, parts[1], value, setting, root)
            : parts.Length == 1 && !IsNested(property) ? Convert(property.PropertyType, value, setting)
            : throw Unknown(setting, root);
        // Init-only properties can be set on a copy that nobody else has seen.
        CheckedOptions copy = options.Copy();
        property.SetValue(copy, converted);
        return copy;
    }

    static MethodOptions Preset(MethodOptions options, string setting, string name) =>
        options.Presets.TryGetValue(name.ToLowerInvariant(), out MethodOptions? preset) ? preset
        : throw new ArgumentException($"--set '{setting}': expected one of {string.Join(", ", options.Presets.Keys)}, found '{name}'.");

    static object Convert(Type type, string value, string setting)
    {
        try
        {
            // An enum would take any number, and a double "0,1" for 1 in thousands: neither is what was meant.
            return type.IsEnum
                ? Enum.Parse(type, Enum.GetNames(type).FirstOrDefault(name => name.Equals(value, StringComparison.OrdinalIgnoreCase)) ?? "")
                : type == typeof(double) ? Finite(double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture))
                : type == typeof(int) ? Bounded(int.Parse(value, CultureInfo.InvariantCulture))
                : System.Convert.ChangeType(value, type, CultureInfo.InvariantCulture);
        }
        catch (Exception error) when (error is FormatException or OverflowException or ArgumentException)
        {
            throw new ArgumentException($"--set '{setting}': expected {Expected(type)}, found '{value}'.", error);
        }
    }

    static double Finite(double value) => double.IsFinite(value) ? value : throw new FormatException("not finite");

    static int Bounded(int value) => value <= LargestNumber ? value : throw new OverflowException();

    static string Expected(Type type) =>
        type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type).Select(name => name.ToLowerInvariant()))}"
        : type == typeof(int) ? $"a whole number of at most {LargestNumber}"
        : type == typeof(bool) ? "true or false"
        : type == typeof(string) ? "a text" : "a finite number with a decimal point";

    static ArgumentException Unknown(string setting, Type root)
    {
        string key = setting.Split('=')[0];
        string[] keys = [.. Keys(root)];
        string meant = NearestWord.Of(key, keys) is string nearest ? $"; did you mean '{nearest}'? There are" : "; there are";
        return new ArgumentException($"--set '{setting}': no option '{key}'{meant} {string.Join(", ", keys)}.");
    }

    static IEnumerable<string> Keys(Type type, string prefix = "") => Properties(type)
        .SelectMany(property => IsNested(property) ? Keys(property.PropertyType, $"{prefix}{Key(property)}.")
            : [$"{prefix}{Key(property)}"]);

    // The method's own options first, then those that all gradient methods share.
    static IEnumerable<PropertyInfo> Properties(Type type) => type.GetProperties()
        .Where(property => property.CanWrite).OrderBy(property => property.DeclaringType == type ? 0 : 1);

    static bool IsNested(PropertyInfo property) => property.PropertyType.IsClass && property.PropertyType != typeof(string);

    static string Key(PropertyInfo property) => char.ToLowerInvariant(property.Name[0]) + property.Name[1..];

    static string Recorded(PropertyInfo property) => property.GetCustomAttribute<RecordedNameAttribute>()?.Name ?? Key(property);
}
