package org.rackweave.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Rows under headings, no wider than a terminal: what does not fit into the last column goes on below it. */
final class Table {
    private static final String GAP = "  ";
    private static final int LEAST_LAST_COLUMN = 8;
    private static final Set<String> GOOD = Set.of("self", "alive", "active", "free");
    private static final Set<String> BAD = Set.of("dead", "lost", "quarantined", "banned");
    private static final Set<String> UNSURE =
            Set.of("suspect", "unconfirmed", "overdue", "reclaiming", "fencing", "sanitising", "releasing");

    private final Style style;
    private final List<List<String>> rows = new ArrayList<>();
    private final String[] headings;

    /** How tables are drawn. */
    record Style(int columns, Paint paint) {}

    /** Whether words of state have colours. */
    enum Paint {
        PLAIN,
        COLOURED
    }

    /**
     * @param headings one that begins with {@code >} stands over numbers, which end at the right; spaces at its end make its
     *     column at least so wide
     */
    Table(Style style, String... headings) {
        this.style = style;
        this.headings = headings.clone();
    }

    Table row(String... cells) {
        if (cells.length != headings.length) {
            throw new IllegalArgumentException("a row has " + headings.length + " cells, not " + cells.length);
        }
        List<String> row = new ArrayList<>();
        for (String cell : cells) {
            row.add(Printable.line(cell));
        }
        rows.add(row);
        return this;
    }

    /** The table with a line feed at the end of each line. */
    @Override
    public String toString() {
        List<String> titles = new ArrayList<>();
        for (String heading : headings) {
            titles.add(title(heading));
        }
        StringBuilder text = new StringBuilder();
        line(text, titles, widths(), Paint.PLAIN);
        return text + body();
    }

    /** The rows alone, for a table that goes on. */
    String body() {
        int[] widths = widths();
        StringBuilder text = new StringBuilder();
        int last = widths.length - 1;
        for (List<String> row : rows) {
            List<String> cells = new ArrayList<>(row);
            for (String part : wrapped(row.get(last), widths[last])) {
                cells.set(last, part);
                line(text, cells, widths, style.paint());
                cells.replaceAll(cell -> "");
            }
        }
        return text.toString();
    }

    private int[] widths() {
        int[] widths = new int[headings.length];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = title(headings[i]).length();
            for (List<String> row : rows) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        int before = 0;
        for (int i = 0; i < widths.length - 1; i++) {
            before += widths[i] + GAP.length();
        }
        int last = widths.length - 1;
        widths[last] = Math.min(widths[last], Math.max(LEAST_LAST_COLUMN, style.columns() - before));
        return widths;
    }

    private void line(StringBuilder text, List<String> cells, int[] widths, Paint paint) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < widths.length; i++) {
            String cell = cells.get(i);
            String space = " ".repeat(Math.max(0, widths[i] - cell.length()));
            boolean number = headings[i].startsWith(">");
            line.append(number ? space : "").append(painted(cell, paint)).append(number ? "" : space);
            line.append(i < widths.length - 1 ? GAP : "");
        }
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private static String title(String heading) {
        return heading.startsWith(">") ? heading.substring(1) : heading;
    }

    /** The text in lines of a width, broken between words where there are any. */
    static List<String> wrapped(String text, int width) {
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (rest.length() > width) {
            int space = rest.lastIndexOf(' ', width);
            int end = space > 0 ? space : width;
            lines.add(rest.substring(0, end));
            rest = rest.substring(end).stripLeading();
        }
        lines.add(rest);
        return lines;
    }

    private static String painted(String cell, Paint paint) {
        if (paint == Paint.PLAIN) {
            return cell;
        }
        if (GOOD.contains(cell)) {
            return "\u001b[32m" + cell + "\u001b[0m";
        }
        if (BAD.contains(cell)) {
            return "\u001b[31m" + cell + "\u001b[0m";
        }
        return UNSURE.contains(cell) ? "\u001b[33m" + cell + "\u001b[0m" : cell;
    }
}
