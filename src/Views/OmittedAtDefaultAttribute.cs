namespace Toolchain.Views;

/// <summary>
/// An option that configurations and models' metadata leave out where it has a value, an enumeration's first name, false or a number, and
/// the method has it by default: the same training gives the same bytes as before there was the option, and one that is not recorded had
/// that value. Under a preset, whose defaults are others, nothing is left out.
/// </summary>
/// <param name="value">The value: a whole or real number; 0 for an enumeration's first name and for false.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OmittedAtDefaultAttribute(double value = 0) : Attribute
{
    /// <summary>The value at which it is left out.</summary>
    public double Value => value;
}
