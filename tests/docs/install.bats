#!/usr/bin/env bats
# make install: everything in its place, and what is there works from there.
load ../helper

# install_into FOLDER: as a packager would, below a staging folder.
install_into() {
    env -u MAKEFLAGS -u MAKELEVEL -u MFLAGS make -s -C "$VIP_ROOT" B="$VIP_BUILD" PREFIX=/usr \
        DESTDIR="$1" install
}

@test "commands, library, headers, pages, completions and tables are installed" {
    local source name
    exits 0 install_into "$BATS_TEST_TMPDIR/stage"
    cd stage/usr
    for source in "$VIP_ROOT"/cmd/vip-*.c; do
        name=$(basename "$source" .c)
        [ -x "bin/$name" ]
        [ -f "share/man/man1/$name.1" ]
        [ -f "share/bash-completion/completions/$name" ]
        [ -f "share/zsh/site-functions/_$name" ]
        [ -f "share/fish/vendor_completions.d/$name.fish" ]
        exits 0 "./bin/$name" --version
    done
    [ -f share/man/man7/vip.7 ]
    [ -f share/man/man5/vip-rows.5 ]
    [ -f share/man/man5/vip-programme.5 ]
    [ -f share/vip/headers.csv ]
    [ -f share/vip/programs/basic/program.csv ]
    [ -f lib/libvip.a ]
    [ -f include/vip/lib/vip.h ]
    grep -q '^Version: [0-9]' lib/pkgconfig/vip.pc
}

@test "nothing but what is ours is installed, and nothing is left out of share" {
    exits 0 install_into "$BATS_TEST_TMPDIR/stage"
    same "$(cd stage && find . -maxdepth 2 -mindepth 2 | sort)" "./usr/bin
./usr/include
./usr/lib
./usr/share"
    same "$(cd stage/usr/share/vip && find programs -type f | sort)" \
        "$(cd "$VIP_ROOT/share" && find programs -type f | sort)"
}

@test "a program can be built on the library, with the flags of vip.pc" {
    needs_tool pkg-config cc
    skip_if_sanitized "the library wants the sanitizers' own libraries"
    exits 0 install_into "$BATS_TEST_TMPDIR/stage"
    local stage=$BATS_TEST_TMPDIR/stage/usr flags
    flags=$(PKG_CONFIG_PATH=$stage/lib/pkgconfig pkg-config --define-variable=prefix="$stage" \
        --define-variable=libdir="$stage/lib" --define-variable=includedir="$stage/include" \
        --cflags --libs vip)
    lines '#include <stdio.h>' '#include <vip.h>' \
        'int main(void)' \
        '{' \
        '    char text[VIP_DATE_TEXT];' \
        '    vip_day_format(vip_day_add_months(vip_day_from_civil(2026, 8, 31), 6), text);' \
        '    return puts(text) < 0;' \
        '}' >embed.c
    # shellcheck disable=SC2086 # a list of flags
    exits 0 cc -o embed embed.c $flags
    exits 0 ./embed
    same "$out" 2027-02-28
}
