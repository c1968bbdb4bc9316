namespace Toolchain.Data;

/// <summary>What the images of a dataset show, which decides what another view of the same may look like.</summary>
public enum ImageContent
{
    /// <summary>Writing: ink on a ground, of which neither mirror image nor part means the same.</summary>
    Writing,

    /// <summary>Pictures of things.</summary>
    Objects,
}
