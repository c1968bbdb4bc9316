namespace Toolchain.Train.Core;

/// <summary>
/// An option that configurations and models' metadata leave out where it has its default, an enumeration's first name or the number 0: the
/// same training gives the same bytes as before there was the option.
/// </summary>
[AttributeUsage(AttributeTargets.Property)]
sealed class OmittedAtDefaultAttribute : Attribute;
