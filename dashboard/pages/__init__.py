"""One file a page; each exports its declaration, and the frame finds them."""
