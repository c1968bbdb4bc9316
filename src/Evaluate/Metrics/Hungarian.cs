namespace Toolchain.Evaluate.Metrics;

/// <summary>
/// The assignment problem by shortest augmenting paths with potentials (Kuhn 1955; Jonker and Volgenant 1987), O(rows^2 columns).
/// </summary>
public static class Hungarian
{
    /// <summary>The one-to-one assignment of rows to columns of the largest total gain.</summary>
    /// <param name="gain">Gains [rows,columns], any finite numbers.</param>
    /// <returns>The column of each row, or -1 where there are more rows than columns and the row is left over.</returns>
    public static int[] Maximize(double[,] gain)
    {
        int rows = gain.GetLength(0), columns = gain.GetLength(1);
        if (rows <= columns)
        {
            return Solve((row, column) => -gain[row, column], rows, columns);
        }
        int[] byColumn = Solve((column, row) => -gain[row, column], columns, rows);
        int[] byRow = [.. Enumerable.Repeat(-1, rows)];
        for (int column = 0; column < columns; column++)
        {
            byRow[byColumn[column]] = column;
        }
        return byRow;
    }

    // 1-based with a virtual row and column 0, rows <= columns. Potentials u, v keep reduced costs at least 0, and 0 on matched pairs.
    static int[] Solve(Func<int, int, double> cost, int rows, int columns)
    {
        var search = new Search(cost, new double[rows + 1], new double[columns + 1], new int[columns + 1], new int[columns + 1]);
        (int[] rowOf, int[] way) = (search.RowOf, search.Way);
        for (int row = 1; row <= rows; row++)
        {
            rowOf[0] = row;
            int column = 0;
            var least = new double[columns + 1];
            var used = new bool[columns + 1];
            Array.Fill(least, double.PositiveInfinity);
            do
            {
                used[column] = true;
                column = Extend(search, least, used, column);
            }
            while (rowOf[column] != 0);
            for (; column != 0; column = way[column])
            {
                rowOf[column] = rowOf[way[column]];
            }
        }
        var result = new int[rows];
        for (int column = 1; column <= columns; column++)
        {
            if (rowOf[column] > 0)
            {
                result[rowOf[column] - 1] = column - 1;
            }
        }
        return result;
    }

    /// <param name="Cost">Of a row and a column, 0-based.</param>
    /// <param name="U">Potential of each row.</param>
    /// <param name="V">Potential of each column.</param>
    /// <param name="RowOf">The row matched to each column, 0 for none.</param>
    /// <param name="Way">The column before each on the shortest path.</param>
    sealed record Search(Func<int, int, double> Cost, double[] U, double[] V, int[] RowOf, int[] Way);

    // One step of Dijkstra: relaxes from the row matched to the column, moves the potentials, returns the nearest free column.
    static int Extend(Search search, double[] least, bool[] used, int column)
    {
        (Func<int, int, double> cost, double[] u, double[] v, int[] rowOf, int[] way) = search;
        int row = rowOf[column], next = 0;
        double delta = double.PositiveInfinity;
        for (int j = 1; j < v.Length; j++)
        {
            if (!used[j])
            {
                double reduced = cost(row - 1, j - 1) - u[row] - v[j];
                if (reduced < least[j])
                {
                    (least[j], way[j]) = (reduced, column);
                }
                if (least[j] < delta)
                {
                    (delta, next) = (least[j], j);
                }
            }
        }
        for (int j = 0; j < v.Length; j++)
        {
            if (used[j])
            {
                u[rowOf[j]] += delta;
                v[j] -= delta;
            }
            else
            {
                least[j] -= delta;
            }
        }
        return next;
    }
}
