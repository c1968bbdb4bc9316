using System.Runtime.InteropServices;

// A TorchSharp in small: the names that the weaver looks for, over the C library.
namespace TorchSharp.PInvoke
{
    static class NativeMethods
    {
        [DllImport("libc", EntryPoint = "abs")]
        internal static extern int THSMini_abs(int number);

        [DllImport("libc", EntryPoint = "strtol")]
        internal static extern unsafe long THSMini_parse(byte* text, out nint end, int radix);

        [DllImport("libc", EntryPoint = "srand")]
        internal static extern void THSMini_seed(uint seed);

        [DllImport("libc", EntryPoint = "labs")]
        internal static extern nint THSNN_Layer_ctor(nint handle, long heads);

        [DllImport("libc", EntryPoint = "labs")]
        internal static extern nint THSNN_Stack_ctor(HType layer, long count);

        [DllImport("libc", EntryPoint = "abs")]
        internal static extern int Other_abs(int number);
    }
}

namespace TorchSharp
{
    sealed class Scalar
    {
    }

    sealed class HType : SafeHandle
    {
        public HType(nint handle) : base(0, ownsHandle: false) => SetHandle(handle);

        public override bool IsInvalid => false;

        protected override bool ReleaseHandle() => true;
    }

    static class Miniature
    {
        // TorchSharp refers to the assembly of this type, and the weaver uses it.
        public static System.Collections.Concurrent.ConcurrentDictionary<int, int> Concurrent { get; } = new();

        public static void Construct()
        {
            _ = PInvoke.NativeMethods.THSNN_Layer_ctor(-77, 4);
            using var layer = new HType(77);
            _ = PInvoke.NativeMethods.THSNN_Stack_ctor(layer, 6);
        }

        public static int Abs(int number) => PInvoke.NativeMethods.THSMini_abs(number);

        public static int AbsByDelegate(int number) => new Func<int, int>(PInvoke.NativeMethods.THSMini_abs)(number);

        public static int OtherAbs(int number) => PInvoke.NativeMethods.Other_abs(number);

        public static void Seed() => PInvoke.NativeMethods.THSMini_seed(5);

        public static unsafe long Parse()
        {
            fixed (byte* text = "ff rest\0"u8)
            {
                long number = PInvoke.NativeMethods.THSMini_parse(text, out nint end, 16);
                return number * 10 + (end - (nint)text);
            }
        }

        public static object MakeScalar() => new Scalar();
    }
}
