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
            for (String part : value.substring(1).split("/", -1)) {
                if (!isName(part)) {
                    throw new IllegalArgumentException("a path within a tree has only plain names: " + value);
                }
            }
        }
    }

    static boolean isName(String part) {
        return !part.isEmpty()
                && !part.equals(".")
                && !part.equals("..")
                && part.indexOf('/') < 0
                && part.indexOf('\0') < 0;
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
