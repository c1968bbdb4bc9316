namespace Toolchain.Train.Core;

/// <summary>
/// The name of an option in configurations and in models' metadata where it differs from the one of <c>--set</c>, which takes both: the
/// same training gives the same bytes as before the option was renamed.
/// </summary>
/// <param name="name">In camel case.</param>
[AttributeUsage(AttributeTargets.Property)]
sealed class RecordedNameAttribute(string name) : Attribute
{
    /// <summary>The name, in camel case.</summary>
    public string Name => name;
}
