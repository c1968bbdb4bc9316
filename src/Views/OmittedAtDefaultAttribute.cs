namespace Toolchain.Views;

/// <summary>
/// An option that configurations and models' metadata leave out where it has its default, an enumeration's first name, false or a number:
/// the same training gives the same bytes as before there was the option. Under a preset, whose defaults are others, nothing is left out.
/// </summary>
/// <param name="value">The default: a whole or real number; 0 for an enumeration's first name and for false.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class OmittedAtDefaultAttribute(double value = 0) : Attribute
{
    /// <summary>The default.</summary>
    public double Value => value;
}
