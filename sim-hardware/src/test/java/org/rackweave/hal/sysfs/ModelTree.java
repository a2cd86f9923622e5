package org.rackweave.hal.sysfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.stream.Stream;

/** A kernel's files in a folder. Reading is the product's own; what a write does a test says. */
final class ModelTree extends FolderKernel implements KernelFolders {
    private Kernel kernel;

    /** What the kernel does with an order, instead of keeping the text. */
    interface Kernel {
        void ordered(String path, String value) throws KernelRefusal;

        default void made(String path) throws KernelRefusal {}
    }

    ModelTree(Path root) throws Exception {
        super(root);
        this.kernel = this::put;
    }

    void runs(Kernel other) {
        kernel = other;
    }

    void refuses(KernelRefusal.Reason reason) {
        kernel = (path, value) -> {
            throw new KernelRefusal(reason, path, "write " + value + ": as told");
        };
    }

    String says(String path) throws KernelRefusal {
        return folder.text(path).orElseThrow();
    }

    @Override
    public void write(String path, String value, Duration limit) throws KernelRefusal {
        written.add(path + "=" + value);
        kernel.ordered(path, value);
    }

    @Override
    public void make(String path) throws KernelRefusal {
        boolean isNew = folder.place(path).isEmpty();
        folder.make(path);
        if (isNew) {
            kernel.made(path);
        }
    }

    /** With the attributes that the kernel made in it. */
    @Override
    public void remove(String path) throws KernelRefusal {
        Path place = root.resolve(path.substring(1));
        if (Files.exists(place)) {
            try (Stream<Path> all = Files.walk(place)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
    }
}
