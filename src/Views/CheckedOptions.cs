using System.Globalization;

namespace Toolchain.Views;

/// <summary>A record of options that can check itself.</summary>
public abstract record CheckedOptions
{
    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message names it, its range and its value.</exception>
    public abstract void Check();

    /// <summary>A copy of the same type.</summary>
    public CheckedOptions Copy() => this with { };

    /// <summary>Throws when a rule is broken.</summary>
    protected static void Require(bool holds, string name, string rule, IFormattable value)
    {
        if (!holds)
        {
            throw new ArgumentException($"'{char.ToLowerInvariant(name[0])}{name[1..]}' must be {rule}, was "
                + $"{value.ToString(null, CultureInfo.InvariantCulture)}.");
        }
    }
}
