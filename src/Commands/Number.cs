using System.CommandLine;
using System.Globalization;

namespace Toolchain.Commands;

/// <summary>
/// An option that takes a number as it is written everywhere: a point before the decimals, nothing between the thousands.
/// </summary>
public sealed class Number : Option<double>
{
    /// <summary>Makes the option.</summary>
    public Number(string name)
        : base(name) => CustomParser = result =>
        {
            string given = result.Tokens[0].Value;
            if (!double.TryParse(given, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) || !double.IsFinite(number))
            {
                result.AddError($"{name} '{given}': expected a number, such as 0.5.");
            }
            return number;
        };
}
