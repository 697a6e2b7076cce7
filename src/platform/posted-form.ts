/** The fields of a form that a request brings. Whatever the body is, it is read as one and never makes an error. */
export async function postedFields(request: { readonly text: () => Promise<string> }): Promise<URLSearchParams> {
  // `application/x-www-form-urlencoded` (WHATWG URL §5.1) has no malformed text; another body has fields that no form knows.
  return new URLSearchParams(await request.text());
}
