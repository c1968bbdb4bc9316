using System.Buffers.Binary;

namespace Toolchain.Data.Tests;

/// <summary>Damages files: flipped bits, cuts, overwritten bytes, edited lengths and counts, spliced and repeated parts.</summary>
sealed class Mutator(int seed)
{
    static readonly long[] numbers =
        [0, 1, -1, 2, 7, 127, 128, 255, 256, short.MaxValue, ushort.MaxValue, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 40,
            long.MaxValue, long.MinValue];

    static readonly byte[] bytesOfNote = [0, 1, 0x7F, 0x80, 0xFF, (byte)'0', (byte)'9', (byte)'-', (byte)',', (byte)'\n', (byte)'"'];

    readonly Random random = new(seed);

    /// <summary>A damaged copy of one of <paramref name="seeds"/>.</summary>
    public byte[] Next(IReadOnlyList<byte[]> seeds)
    {
        byte[] bytes = [.. seeds[random.Next(seeds.Count)]];
        for (int changes = random.Next(1, 4); changes > 0 && bytes.Length > 0; changes--)
        {
            bytes = random.Next(7) switch
            {
                0 or 1 => Flip(bytes),
                2 => bytes[..Place(bytes.Length)],
                3 => Overwrite(bytes),
                4 => EditNumber(bytes),
                5 => Splice(bytes, seeds[random.Next(seeds.Count)]),
                _ => Repeat(bytes),
            };
        }
        return bytes;
    }

    /// <summary>True with a chance of one in <paramref name="of"/>.</summary>
    public bool Chance(int of) => random.Next(of) == 0;

    // Headers stand at the start, or at the end; most of a file is content.
    int Place(int length) => random.Next(3) switch
    {
        0 => random.Next(Math.Min(length, 64)),
        1 => length - 1 - random.Next(Math.Min(length, 256)),
        _ => random.Next(length),
    };

    byte[] Flip(byte[] bytes)
    {
        for (int flips = random.Next(1, 5); flips > 0; flips--)
        {
            bytes[Place(bytes.Length)] ^= (byte)(1 << random.Next(8));
        }
        return bytes;
    }

    byte[] Overwrite(byte[] bytes)
    {
        int at = Place(bytes.Length), count = Math.Min(random.Next(1, 11), bytes.Length - at);
        bytes.AsSpan(at, count).Fill(bytesOfNote[random.Next(bytesOfNote.Length)]);
        return bytes;
    }

    byte[] EditNumber(byte[] bytes)
    {
        int at = Place(bytes.Length), size = Math.Min(1 << random.Next(4), bytes.Length - at);
        byte[] number = new byte[8];
        long value = numbers[random.Next(numbers.Length)] + random.Next(-1, 2);
        if (random.Next(2) == 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, value);
            number.AsSpan(0, size).CopyTo(bytes.AsSpan(at));
        }
        else
        {
            BinaryPrimitives.WriteInt64BigEndian(number, value);
            number.AsSpan(8 - size, size).CopyTo(bytes.AsSpan(at));
        }
        return bytes;
    }

    byte[] Splice(byte[] bytes, byte[] other)
    {
        (int cut, int from) = (Place(bytes.Length), other.Length == 0 ? 0 : Place(other.Length));
        int taken = random.Next(Math.Min(other.Length - from, 4096) + 1);
        return [.. bytes.AsSpan(0, cut), .. other.AsSpan(from, taken), .. bytes.AsSpan(Math.Min(bytes.Length, cut + random.Next(64)))];
    }

    byte[] Repeat(byte[] bytes)
    {
        int at = Place(bytes.Length), count = random.Next(1, Math.Min(65, bytes.Length - at + 1));
        byte[] part = bytes[at..(at + count)];
        return [.. bytes.AsSpan(0, at), .. Enumerable.Repeat(part, random.Next(1, 5)).SelectMany(copy => copy), .. bytes.AsSpan(at)];
    }
}
