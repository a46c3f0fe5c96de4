/** The head of a table whose columns are headed by words. */

export interface TableHeadProps {
  columns: readonly string[];
  /** Of a last column, such as one of buttons, whose heading is for screen readers alone. */
  unseen?: string;
}

export function TableHead({ columns, unseen }: TableHeadProps) {
  return (
    <thead>
      <tr>
        {columns.map((words, column) => (
          // Two columns may be called the same.
          <th key={column} scope="col">
            {words}
          </th>
        ))}
        {unseen !== undefined && (
          <th scope="col">
            <span className="visually-hidden">{unseen}</span>
          </th>
        )}
      </tr>
    </thead>
  );
}
