namespace Toolchain.Data.Published;

/// <summary>A dataset that is published as files on the web, one by one or in an archive.</summary>
/// <param name="Name">What --data calls it.</param>
/// <param name="Title">Its own name.</param>
/// <param name="Mirrors">Folders on the web with its files, tried in this order.</param>
/// <param name="Card">What its images are.</param>
/// <param name="Train">Images and labels to train on.</param>
/// <param name="Test">Images and labels to test on.</param>
sealed record PublishedDataset(string Name, string Title, IReadOnlyList<Uri> Mirrors, PublishedCard Card, PublishedPart Train,
    PublishedPart Test)
{
    /// <summary>The folder below UVL_DATA_DIR and in the cache that holds its files.</summary>
    public string Folder { get; init; } = Name;

    /// <summary>Where its files are published together, or null.</summary>
    public PublishedArchive? Archive { get; init; }

    /// <summary>Reads its files.</summary>
    public PublishedReader Reader { get; init; } = PublishedReaders.Idx;
}
