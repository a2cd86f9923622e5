package org.rackweave.hal.sysfs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.rackweave.hal.nativelinux.KernelErrors;

/** A kernel's files in a folder, which the product's own code reads; what a write does its heir says. */
abstract class FolderKernel implements Attributes {
    final Path root;
    final List<String> written = new ArrayList<>();
    private final KernelErrors errors;
    SysfsFolder folder;

    FolderKernel(Path root) throws Exception {
        this.root = root;
        this.errors = KernelErrors.ofThisProcess();
        this.folder = opened();
    }

    private SysfsFolder opened() {
        return new SysfsFolder(root, errors);
    }

    void put(String path, String text) {
        try {
            Path file = root.resolve(path.substring(1));
            Files.createDirectories(file.getParent());
            Files.writeString(file, text + "\n");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Override
    public Optional<String> text(String path) throws KernelRefusal {
        return folder.text(path);
    }

    @Override
    public List<String> names(String path, Pattern wanted) throws KernelRefusal {
        return folder.names(path, wanted);
    }

    @Override
    public Optional<String> place(String path) throws KernelRefusal {
        return folder.place(path);
    }

    /** Whoever looked through it is gone, and the kernel still there for the next. */
    @Override
    public void close() {
        folder.close();
        folder = opened();
    }
}
