package org.rackweave.hal.discovery;

/**
 * A path within a host tree: absolute, with no empty part and no {@code .} or {@code ..}, so that it cannot leave the
 * tree.
 *
 * @param value the path as text, such as {@code /sys/bus/pci}
 */
public record TreePath(String value) implements Comparable<TreePath> {
    public static final TreePath ROOT = new TreePath("/");

    public TreePath {
        if (!value.equals("/")) {
            if (!value.startsWith("/")) {
                throw new IllegalArgumentException("a path within a tree is absolute, but this is not: " + value);
            }
            // By scanning, not by splitting: a discovery makes some hundred thousand of these.
            int start = 1;
            while (start <= value.length()) {
                int slash = value.indexOf('/', start);
                int end = slash < 0 ? value.length() : slash;
                if (!isName(value, start, end)) {
                    throw new IllegalArgumentException("a path within a tree has only plain names: " + value);
                }
                start = end + 1;
            }
        }
    }

    private static boolean isName(String path, int start, int end) {
        int length = end - start;
        boolean isDots = length <= 2 && path.startsWith("..".substring(0, length), start);
        int zero = path.indexOf('\0', start);
        return length > 0 && !isDots && (zero < 0 || zero >= end);
    }

    public boolean isRoot() {
        return value.length() == 1;
    }

    public TreePath child(String name) {
        return new TreePath(isRoot() ? "/" + name : value + "/" + name);
    }

    /** The folder above; the root's is the root. */
    public TreePath parent() {
        int slash = value.lastIndexOf('/');
        return slash <= 0 ? ROOT : new TreePath(value.substring(0, slash));
    }

    /** The last part; empty for the root. */
    public String name() {
        return value.substring(value.lastIndexOf('/') + 1);
    }

    @Override
    public int compareTo(TreePath other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
