package org.rackweave.daemon.lease;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A sorted map that is never changed: each change gives another one, which shares all with the one before but the path to
 * what differs. So to remember where a core was costs nothing, to go back costs nothing, and every change costs O(log n). An
 * AVL tree: keys that strangers draw cannot make it deep.
 */
final class Versioned<K, V> {
    private final Comparator<? super K> order;
    private final @Nullable Node<K, V> root;

    /** One entry, with those before it to its left. The heights of the two sides differ by one at most. */
    private record Node<K, V>(
            K key,
            V value,
            @Nullable Node<K, V> left,
            @Nullable Node<K, V> right,
            int height) {
        Node(K key, V value, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
            this(key, value, left, right, 1 + Math.max(heightOf(left), heightOf(right)));
        }
    }

    private Versioned(Comparator<? super K> order, @Nullable Node<K, V> root) {
        this.order = order;
        this.root = root;
    }

    static <K, V> Versioned<K, V> empty(Comparator<? super K> order) {
        return new Versioned<>(order, null);
    }

    @Nullable V get(K key) {
        Node<K, V> at = root;
        while (at != null) {
            int side = order.compare(key, at.key());
            if (side == 0) {
                return at.value();
            }
            at = side < 0 ? at.left() : at.right();
        }
        return null;
    }

    Versioned<K, V> with(K key, V value) {
        return new Versioned<>(order, put(root, key, value));
    }

    /** Without this key; the same where it is not there. */
    Versioned<K, V> without(K key) {
        return get(key) == null ? this : new Versioned<>(order, remove(root, key));
    }

    /** The lowest key; nothing where there is none. */
    @Nullable K first() {
        if (root == null) {
            return null;
        }
        Node<K, V> at = root;
        while (at.left() != null) {
            at = at.left();
        }
        return at.key();
    }

    /** The lowest key that is not before this one; nothing where there is none. */
    @Nullable K from(K lowest) {
        K found = null;
        Node<K, V> at = root;
        while (at != null) {
            boolean before = order.compare(at.key(), lowest) < 0;
            found = before ? found : at.key();
            at = before ? at.right() : at.left();
        }
        return found;
    }

    /** The values of the lowest keys, in order, up to the first key that is beyond. */
    void until(Predicate<? super K> beyond, Consumer<? super V> each) {
        until(root, beyond, each);
    }

    /** All entries, in order. */
    void forEach(BiConsumer<? super K, ? super V> each) {
        visit(root, each);
    }

    List<V> values() {
        List<V> values = new ArrayList<>();
        visit(root, (key, value) -> values.add(value));
        return values;
    }

    /** The height of the tree, for tests: how many comparisons it takes to find a key. */
    int depth() {
        return heightOf(root);
    }

    private static <K, V> void until(@Nullable Node<K, V> node, Predicate<? super K> beyond, Consumer<? super V> each) {
        if (node == null) {
            return;
        }
        until(node.left(), beyond, each);
        if (!beyond.test(node.key())) {
            each.accept(node.value());
            until(node.right(), beyond, each);
        }
    }

    private static <K, V> void visit(@Nullable Node<K, V> node, BiConsumer<? super K, ? super V> each) {
        if (node != null) {
            visit(node.left(), each);
            each.accept(node.key(), node.value());
            visit(node.right(), each);
        }
    }

    private Node<K, V> put(@Nullable Node<K, V> node, K key, V value) {
        if (node == null) {
            return new Node<>(key, value, null, null);
        }
        int side = order.compare(key, node.key());
        if (side == 0) {
            return new Node<>(key, value, node.left(), node.right());
        }
        return side < 0
                ? balanced(node, put(node.left(), key, value), node.right())
                : balanced(node, node.left(), put(node.right(), key, value));
    }

    private @Nullable Node<K, V> remove(@Nullable Node<K, V> node, K key) {
        if (node == null) {
            return null;
        }
        int side = order.compare(key, node.key());
        if (side < 0) {
            return balanced(node, remove(node.left(), key), node.right());
        } else if (side > 0) {
            return balanced(node, node.left(), remove(node.right(), key));
        }
        Node<K, V> left = node.left();
        Node<K, V> right = node.right();
        if (left == null || right == null) {
            return left == null ? right : left;
        }
        Node<K, V> next = right;
        while (next.left() != null) {
            next = next.left();
        }
        return balanced(next, left, remove(right, next.key()));
    }

    /** The entry of a node over two sides whose heights differ by two at most. */
    private static <K, V> Node<K, V> balanced(Node<K, V> entry, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        if (left != null && left.height() > heightOf(right) + 1) {
            Node<K, V> inner = left.right();
            if (inner == null || heightOf(left.left()) >= inner.height()) {
                return over(left, left.left(), over(entry, inner, right));
            }
            return over(inner, over(left, left.left(), inner.left()), over(entry, inner.right(), right));
        }
        if (right != null && right.height() > heightOf(left) + 1) {
            Node<K, V> inner = right.left();
            if (inner == null || heightOf(right.right()) >= inner.height()) {
                return over(right, over(entry, left, inner), right.right());
            }
            return over(inner, over(entry, left, inner.left()), over(right, inner.right(), right.right()));
        }
        return over(entry, left, right);
    }

    private static <K, V> Node<K, V> over(Node<K, V> entry, @Nullable Node<K, V> left, @Nullable Node<K, V> right) {
        return new Node<>(entry.key(), entry.value(), left, right);
    }

    private static int heightOf(@Nullable Node<?, ?> node) {
        return node == null ? 0 : node.height();
    }
}
