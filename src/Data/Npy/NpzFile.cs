using System.IO.Compression;
using System.IO.Hashing;
using Toolchain.Data.Reading;
using Toolchain.Data.Streams;

namespace Toolchain.Data.Npy;

/// <summary>
/// .npz archives of numpy.savez: the images are the first array called `x_train` or `x_test` (the Keras shape of MNIST, parted by --split),
/// `images`, `image`, `x`, `data` or `arr_0`, else the only array; the labels, where there are any, `y_train` or `y_test`, `labels`,
/// `label`, `y`.
/// </summary>
static class NpzFile
{
    static readonly string[] imageNames = ["images", "image", "x", "data", "arr_0"], labelNames = ["labels", "label", "y"];

    public static ImageStream Open(string name, string path, FileStream file, Split split)
    {
        try
        {
            var archive = new ZipArchive(file, ZipArchiveMode.Read);
            bool parted = archive.GetEntry("x_train.npy") is not null && archive.GetEntry("x_test.npy") is not null;
            if (parted && split == Split.All)
            {
                throw new ArgumentException($"'{path}': holds x_train and x_test; say --split train or --split test.");
            }
            string part = split == Split.Test ? "_test" : "_train";
            ZipArchiveEntry images = (parted ? archive.GetEntry($"x{part}.npy") : Find(archive, imageNames) ?? Only(archive))
                ?? throw new InvalidDataException($"'{path}': expected an array 'images', found "
                + $"{Found(archive)}; "
                + (archive.Entries.Any(IsArray) ? "save it with numpy.savez(images=...)." : "unpack it, and name the folder."));
            ZipArchiveEntry? labels = parted ? archive.GetEntry($"y{part}.npy") : Find(archive, labelNames);
            string place = $"{path}, {Printable.Line(images.FullName)}";
            Stream content = new ZipEntryStream(images, archive);
            NpyHeader.Parsed header = NpyHeader.Read(content, place);
            PixelLayout layout = PixelLayout.Of(header.Shape, header.Kind, header.IsBigEndian, header.DataOffset, place);
            return header.IsColumnMajor
                ? throw new InvalidDataException($"'{place}': expected row-major order, found column-major; save "
                    + "numpy.ascontiguousarray(array).")
                : new TensorStream(new(name, place, file) { Split = parted ? split : Split.All }, content, layout,
                    labels is null ? null : Labels(labels, path));
        }
        catch (InvalidDataException damaged) when (damaged.Message is [not '\'', ..])
        {
            throw new InvalidDataException($"'{path}': expected an .npz, found a damaged or incomplete archive; get the file again.",
                damaged);
        }
    }

    static string Array(ZipArchiveEntry entry) => Printable.Line(Path.GetFileNameWithoutExtension(entry.FullName));

    static ZipArchiveEntry? Find(ZipArchive archive, string[] names) =>
        names.Select(name => archive.GetEntry($"{name}.npy")).FirstOrDefault(entry => entry is not null);

    static string Found(ZipArchive archive) => archive.Entries.Count == 0 ? "nothing"
        : string.Join(", ", archive.Entries.Take(9).Select(entry => $"'{Array(entry)}'"));

    static bool IsArray(ZipArchiveEntry entry) => entry.Name.EndsWith(".npy", StringComparison.Ordinal);

    static ZipArchiveEntry? Only(ZipArchive archive) =>
        archive.Entries.Count == 1 && IsArray(archive.Entries[0]) ? archive.Entries[0] : null;

    // Unicode, bytes, or objects, which are texts mostly.
    static bool IsText(string type) => type.TrimStart('<', '>', '|', '=') is ['U' or 'S' or 'O', ..];

    static SourceLabels Labels(ZipArchiveEntry entry, string path)
    {
        string place = $"{path}, {Printable.Line(entry.FullName)}";
        using Stream stream = entry.Open();
        NpyHeader.Any header = NpyHeader.ReadAny(stream, place);
        return header.Kind is null ? SourceLabels.None(place, $"expected whole numbers, found elements of type '{header.Type}'"
            + (IsText(header.Type) ? "; save numpy.unique(labels, return_inverse=True)[1], and the names in labels.txt, a line each" : ""))
            : SourceLabels.Of(NpyFile.Read(stream, NpyHeader.Numbers(header, place), place), place);
    }

    // Owns the archive, and with it the file.
    sealed class ZipEntryStream(ZipArchiveEntry entry, ZipArchive archive) : ReadOnlyStream
    {
        readonly Stream content = entry.Open();
        readonly uint expected = entry.Crc32;
        readonly Crc32 found = new();

        public override int Read(Span<byte> buffer)
        {
            int count = content.Read(buffer);
            found.Append(buffer[..count]);
            return count > 0 || buffer.IsEmpty || found.GetCurrentHashAsUInt32() == expected ? count
                : throw new InvalidDataException($"Expected the checksum {expected:X8}, found {found.GetCurrentHashAsUInt32():X8}.");
        }

        protected override void Dispose(bool disposing)
        {
            content.Dispose();
            archive.Dispose();
            base.Dispose(disposing);
        }
    }
}
